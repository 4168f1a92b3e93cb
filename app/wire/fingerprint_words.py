"""256 short words of each language, one a byte. Never change or reorder one: people compare them."""

from typing import Final

_ENGLISH: Final = """
apple arrow autumn badge baker ball bamboo banana barn basket beach bean bear bell bench berry bird
blanket boat bone book bottle bowl box branch bread brick bridge broom brush bucket butter button cabin
cake camel camera candle canoe carpet carrot castle cat cave chair chalk cheese cherry chess chicken
circle city clay clock cloud clover coat coconut coffee coin comb compass copper coral corn cotton cow
crab crane crayon cream cricket crown cup curtain daisy deer desk diamond dinner doctor dolphin donkey
door dragon dress drum duck eagle earth egg elbow elephant engine envelope evening farmer feather fence
field finger fire fish flag flower flute forest fork fountain fox frog fruit garden garlic gate giraffe
glass glove goat gold grape grass guitar hammer hand harbor hat hawk helmet hill honey horse hotel house
ice iron island ivory jacket jar jelly juice jungle kettle key king kitchen kite kitten ladder lake lamp
leaf lemon letter library lion lizard lobster lotus mango map maple market meadow medal melon milk mirror
monkey moon morning mountain mouse mushroom music nail napkin needle nest noodle north nurse oak ocean
olive onion orange orchid otter owl paint palace panda paper parrot peach peanut pearl pencil pepper
piano picnic pigeon pillow pilot pine planet plum pocket pond potato prince pumpkin puppy queen rabbit
radio rain rainbow ribbon rice river robin rocket roof rose ruby saddle sailor salad salmon salt sand
school scissors shadow sheep ship silver singer snow soap soup spider spoon spring star stone summer
sunday swan table tea tiger tomato
"""

_CHINESE: Final = """
苹果 香蕉 葡萄 西瓜 橘子 柠檬 草莓 樱桃 菠萝 芒果 荔枝 石榴 核桃 花生 红枣 板栗 白菜 萝卜
土豆 番茄 黄瓜 茄子 辣椒 南瓜 冬瓜 豆腐 蘑菇 竹笋 莲藕 生姜 大蒜 洋葱 米饭 面条 馒头 包子
饺子 汤圆 月饼 粽子 豆浆 牛奶 咖啡 绿茶 蜂蜜 白糖 酱油 香油 鸡蛋 面包 蛋糕 饼干 老虎 狮子
大象 熊猫 猴子 兔子 松鼠 狐狸 骆驼 斑马 山羊 绵羊 水牛 骏马 小狗 花猫 公鸡 鸭子 天鹅 孔雀
喜鹊 燕子 麻雀 鸽子 老鹰 鹦鹉 海豚 鲸鱼 金鱼 鲤鱼 螃蟹 龙虾 乌龟 青蛙 蝴蝶 蜜蜂 蚂蚁 蜻蜓
蜘蛛 蚯蚓 太阳 月亮 星星 云彩 彩虹 雷电 雨水 雪花 春风 秋霜 冰川 火山 高山 草原 沙漠 森林
海洋 湖泊 江河 瀑布 岛屿 沙滩 田野 花园 牡丹 荷花 菊花 梅花 兰花 玫瑰 百合 桂花 茉莉 水仙
松树 柏树 柳树 杨树 枫叶 银杏 竹子 梧桐 榕树 椰子 房屋 门窗 楼梯 屋顶 墙壁 厨房 书房 阳台
院子 宝塔 桥梁 城墙 码头 灯塔 车站 机场 学校 医院 银行 邮局 图书 报纸 铅笔 钢笔 毛笔 墨水
纸张 剪刀 尺子 地图 信封 邮票 黑板 粉笔 桌子 椅子 沙发 衣柜 镜子 台灯 蜡烛 灯笼 钟表 闹钟
茶壶 水杯 饭碗 筷子 勺子 盘子 菜刀 铁锅 暖瓶 雨伞 帽子 围巾 手套 毛衣 衬衫 裤子 皮鞋 袜子
纽扣 口袋 枕头 棉被 毛巾 肥皂 牙刷 梳子 扫帚 水桶 绳子 钥匙 锤子 钉子 锯子 斧头 火柴 电池
汽车 火车 飞机 轮船 帆船 单车 卡车 马车 火箭 卫星 钢琴 吉他 笛子 二胡 古筝 锣鼓 喇叭 口琴
象棋 围棋 风筝 足球 篮球 排球 铜钱 金牌 珍珠 玉石 水晶 琥珀 瓷器 丝绸 棉花 羊毛 竹篮 木箱
石狮 铁轨 锦旗 算盘
"""

ENGLISH: Final = tuple(_ENGLISH.split())
CHINESE: Final = tuple(_CHINESE.split())
