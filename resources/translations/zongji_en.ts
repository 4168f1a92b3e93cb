<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="zh_CN">
<context>
    <name>BarViewModel</name>
    <message>
        <source>{state} · {reason}</source>
        <translation>{state} · {reason}</translation>
    </message>
    <message>
        <source>之后小休</source>
        <translation>then break</translation>
    </message>
    <message>
        <source>剩 {n} 秒</source>
        <translation>{n} s left</translation>
    </message>
    <message>
        <source>新号码</source>
        <translation>New number</translation>
    </message>
    <message>
        <source>{who} 来咨询</source>
        <translation>{who} asks you</translation>
    </message>
    <message>
        <source>正在叫 {who}</source>
        <translation>Calling {who}</translation>
    </message>
    <message>
        <source>咨询 {who}</source>
        <translation>Consulting {who}</translation>
    </message>
    <message>
        <source>三方：{who}</source>
        <translation>With {who}</translation>
    </message>
    <message>
        <source>正在叫 {who}，接起后三方</source>
        <translation>Calling {who}, then all three</translation>
    </message>
    <message>
        <source>客户保持中</source>
        <translation>Customer on hold</translation>
    </message>
    <message>
        <source>客户保持中 {t}</source>
        <translation>Customer on hold {t}</translation>
    </message>
    <message>
        <source>等待来电</source>
        <translation>Waiting for a call</translation>
    </message>
    <message>
        <source>小休中，没有来电</source>
        <translation>On break, no calls</translation>
    </message>
    <message>
        <source>已签退</source>
        <translation>Logged out</translation>
    </message>
    <message>
        <source>您所在的 {n} 个队列没有人等待</source>
        <translation>Nobody waits in your {n} queues</translation>
    </message>
    <message>
        <source>您所在的 {n} 个队列共 {w} 人等待，最长 {t}</source>
        <translation>{w} waiting in your {n} queues, longest {t}</translation>
    </message>
    <message>
        <source>同事请您听一下这通电话</source>
        <translation>A colleague asks you to join this call</translation>
    </message>
    <message>
        <source>已挂断</source>
        <translation>Call ended</translation>
    </message>
    <message>
        <source>通话 {t}</source>
        <translation>talked {t}</translation>
    </message>
    <message>
        <source>保持 {t}</source>
        <translation>held {t}</translation>
    </message>
    <message>
        <source>{who}先挂</source>
        <translation>{who} hung up</translation>
    </message>
    <message>
        <source>按键 {keys}</source>
        <translation>Keys {keys}</translation>
    </message>
    <message>
        <source>已等待 {t}</source>
        <translation>waited {t}</translation>
    </message>
    <message>
        <source>连接中断，正在重连</source>
        <translation>Link lost, reconnecting</translation>
    </message>
    <message>
        <source>查找</source>
        <translation>Find</translation>
    </message>
    <message>
        <source>拨号</source>
        <translation>Dial</translation>
    </message>
    <message>
        <source>签入</source>
        <translation>Log in</translation>
    </message>
    <message>
        <source>示闲</source>
        <translation>Ready</translation>
    </message>
    <message>
        <source>示忙</source>
        <translation>Break</translation>
    </message>
    <message>
        <source>退回队列</source>
        <translation>Back to queue</translation>
    </message>
    <message>
        <source>转接</source>
        <translation>Transfer</translation>
    </message>
    <message>
        <source>接听</source>
        <translation>Answer</translation>
    </message>
    <message>
        <source>取回</source>
        <translation>Resume</translation>
    </message>
    <message>
        <source>保持</source>
        <translation>Hold</translation>
    </message>
    <message>
        <source>取消静音</source>
        <translation>Unmute</translation>
    </message>
    <message>
        <source>静音</source>
        <translation>Mute</translation>
    </message>
    <message>
        <source>咨询</source>
        <translation>Consult</translation>
    </message>
    <message>
        <source>三方</source>
        <translation>Conference</translation>
    </message>
    <message>
        <source>键盘</source>
        <translation>Keypad</translation>
    </message>
    <message>
        <source>挂断</source>
        <translation>Hang up</translation>
    </message>
    <message>
        <source>对方还没有接听</source>
        <translation>Not answered yet</translation>
    </message>
    <message>
        <source>我退出</source>
        <translation>Leave</translation>
    </message>
    <message>
        <source>完成转接</source>
        <translation>Complete</translation>
    </message>
    <message>
        <source>请离对方</source>
        <translation>Drop them</translation>
    </message>
    <message>
        <source>取消咨询</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>延长 30 秒</source>
        <translation>+30 s</translation>
    </message>
    <message>
        <source>完成后示忙</source>
        <translation>Finish, then break</translation>
    </message>
    <message>
        <source>完成并示闲</source>
        <translation>Finish and ready</translation>
    </message>
</context>
<context>
    <name>ChosenCall</name>
    <message>
        <source>{name}：今日接听最少，当时空闲 {n} 人</source>
        <translation>{name}: fewest calls today, {n} free then</translation>
    </message>
    <message>
        <source>{n} 通</source>
        <translation>{n} calls</translation>
    </message>
    <message>
        <source>来电</source>
        <translation>Incoming</translation>
    </message>
    <message>
        <source>系统应答</source>
        <translation>Answered by the system</translation>
    </message>
    <message>
        <source>保持</source>
        <translation>Hold</translation>
    </message>
    <message>
        <source>取回</source>
        <translation>Resume</translation>
    </message>
    <message>
        <source>三方通话</source>
        <translation>Conference</translation>
    </message>
    <message>
        <source>小结完成</source>
        <translation>Wrapped up</translation>
    </message>
    <message>
        <source>挂断</source>
        <translation>Hang up</translation>
    </message>
    <message>
        <source>坐席断线</source>
        <translation>Agent&apos;s link lost</translation>
    </message>
    <message>
        <source>服务器重启</source>
        <translation>Server restarted</translation>
    </message>
    <message>
        <source>话务板中断</source>
        <translation>Board lost</translation>
    </message>
    <message>
        <source>按键 {keys}</source>
        <translation>Pressed {keys}</translation>
    </message>
    <message>
        <source>排入 {queue}</source>
        <translation>Queued in {queue}</translation>
    </message>
    <message>
        <source>振铃 {who}</source>
        <translation>Rings {who}</translation>
    </message>
    <message>
        <source>{who} 未接</source>
        <translation>{who} missed it</translation>
    </message>
    <message>
        <source>{who} 接听</source>
        <translation>{who} answered</translation>
    </message>
    <message>
        <source>转接 {to}</source>
        <translation>Transferred to {to}</translation>
    </message>
    <message>
        <source>班长加入</source>
        <translation>Supervisor joined</translation>
    </message>
    <message>
        <source>录音</source>
        <translation>Recording</translation>
    </message>
</context>
<context>
    <name>ChosenCallView</name>
    <message>
        <source>所选通话</source>
        <translation>Chosen call</translation>
    </message>
    <message>
        <source>强拆</source>
        <translation>End call</translation>
    </message>
    <message>
        <source>再按一次确认</source>
        <translation>Press again</translation>
    </message>
    <message>
        <source>选一位坐席或一通电话，就能看到它的经过。</source>
        <translation>Choose an agent or a call to see what happened.</translation>
    </message>
    <message>
        <source>为什么是这位坐席</source>
        <translation>Why this agent</translation>
    </message>
    <message>
        <source>经过</source>
        <translation>What happened</translation>
    </message>
</context>
<context>
    <name>CustomerView</name>
    <message>
        <source>客户</source>
        <translation>Customer</translation>
    </message>
    <message>
        <source>产品</source>
        <translation>Products</translation>
    </message>
    <message>
        <source>往来</source>
        <translation>Account</translation>
    </message>
    <message>
        <source>新客户</source>
        <translation>New customer</translation>
    </message>
    <message>
        <source>姓名</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>称呼</source>
        <translation>Title</translation>
    </message>
    <message>
        <source>电话</source>
        <translation>Phone</translation>
    </message>
    <message>
        <source>地区</source>
        <translation>Region</translation>
    </message>
    <message>
        <source>地址</source>
        <translation>Address</translation>
    </message>
    <message>
        <source>女士</source>
        <translation>Ms</translation>
    </message>
    <message>
        <source>先生</source>
        <translation>Mr</translation>
    </message>
    <message>
        <source>单位</source>
        <translation>Company</translation>
    </message>
    <message>
        <source>存为客户</source>
        <translation>Save customer</translation>
    </message>
</context>
<context>
    <name>CustomerViewModel</name>
    <message>
        <source>先生</source>
        <translation>Mr</translation>
    </message>
    <message>
        <source>女士</source>
        <translation>Ms</translation>
    </message>
    <message>
        <source>单位</source>
        <translation>Company</translation>
    </message>
    <message>
        <source>{n} 年老客户</source>
        <translation>customer for {n} years</translation>
    </message>
    <message>
        <source>今年的新客户</source>
        <translation>new this year</translation>
    </message>
    <message>
        <source>本次来电</source>
        <translation>this call</translation>
    </message>
    <message>
        <source>备用</source>
        <translation>other</translation>
    </message>
    <message>
        <source>在保</source>
        <translation>Warranty</translation>
    </message>
    <message>
        <source>已过保</source>
        <translation>Expired</translation>
    </message>
    <message>
        <source>购于 {day}</source>
        <translation>bought {day}</translation>
    </message>
    <message>
        <source>偏好</source>
        <translation>Prefers</translation>
    </message>
    <message>
        <source>近来工单</source>
        <translation>Recent orders</translation>
    </message>
    <message>
        <source>近来来电</source>
        <translation>Recent calls</translation>
    </message>
    <message>
        <source>{n} 次</source>
        <translation>{n}</translation>
    </message>
    <message>
        <source>邮箱</source>
        <translation>E-mail</translation>
    </message>
    <message>
        <source>备注</source>
        <translation>Notes</translation>
    </message>
    <message>
        <source>没有存上，请再试一次</source>
        <translation>Not saved, try again</translation>
    </message>
</context>
<context>
    <name>FloorView</name>
    <message>
        <source>队列</source>
        <translation>Queues</translation>
    </message>
    <message>
        <source>坐席</source>
        <translation>Agents</translation>
    </message>
    <message>
        <source>监听</source>
        <translation>Listen</translation>
    </message>
    <message>
        <source>耳语</source>
        <translation>Whisper</translation>
    </message>
    <message>
        <source>插话</source>
        <translation>Barge in</translation>
    </message>
    <message>
        <source>停止</source>
        <translation>Stop</translation>
    </message>
    <message>
        <source>开始</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>客户</source>
        <translation>Customer</translation>
    </message>
    <message>
        <source>队列 · 坐席</source>
        <translation>Queue · agent</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>时长</source>
        <translation>Length</translation>
    </message>
    <message>
        <source>进行中的电话</source>
        <translation>Calls now</translation>
    </message>
    <message>
        <source>现在没有电话。</source>
        <translation>No calls now.</translation>
    </message>
    <message>
        <source>等待</source>
        <translation>Wait</translation>
    </message>
    <message>
        <source>最长</source>
        <translation>Longest</translation>
    </message>
    <message>
        <source>服务水平</source>
        <translation>Level</translation>
    </message>
    <message>
        <source>先选一位通话中的坐席</source>
        <translation>Choose a talking agent first</translation>
    </message>
</context>
<context>
    <name>FloorViewModel</name>
    <message>
        <source>放弃率</source>
        <translation>Abandoned</translation>
    </message>
    <message>
        <source>今日 {n} / {all}</source>
        <translation>{n} of {all} today</translation>
    </message>
    <message>
        <source>平均通话</source>
        <translation>Average talk</translation>
    </message>
    <message>
        <source>今日</source>
        <translation>today</translation>
    </message>
    <message>
        <source>今日来电</source>
        <translation>Calls today</translation>
    </message>
    <message>
        <source>接听 {n}</source>
        <translation>answered {n}</translation>
    </message>
    <message>
        <source>正在监听 {who}：双方听不到您</source>
        <translation>Listening to {who}: nobody hears you</translation>
    </message>
    <message>
        <source>正在耳语：只有 {who} 听得到您</source>
        <translation>Whispering: only {who} hears you</translation>
    </message>
    <message>
        <source>正在插话：{who} 和客户都听得到您</source>
        <translation>Barged in: {who} and the customer hear you</translation>
    </message>
</context>
<context>
    <name>GuideView</name>
    <message>
        <source>语音导航</source>
        <translation>In the IVR</translation>
    </message>
    <message>
        <source>没有按键</source>
        <translation>No keys pressed</translation>
    </message>
    <message>
        <source>可能要办</source>
        <translation>Likely wants</translation>
    </message>
    <message>
        <source>开场白</source>
        <translation>Opening line</translation>
    </message>
    <message>
        <source>话术：报修</source>
        <translation>Script: repairs</translation>
    </message>
    <message>
        <source>本次工单</source>
        <translation>Work order</translation>
    </message>
    <message>
        <source>已派工</source>
        <translation>Dispatched</translation>
    </message>
    <message>
        <source>打印派工单</source>
        <translation>Print slip</translation>
    </message>
    <message>
        <source>这通电话</source>
        <translation>This call</translation>
    </message>
    <message>
        <source>开始</source>
        <translation>Started</translation>
    </message>
    <message>
        <source>总时长</source>
        <translation>Total</translation>
    </message>
</context>
<context>
    <name>GuideViewModel</name>
    <message>
        <source>主菜单</source>
        <translation>Main menu</translation>
    </message>
    <message>
        <source>工单号</source>
        <translation>Order number</translation>
    </message>
    <message>
        <source>等待 {t}</source>
        <translation>waited {t}</translation>
    </message>
    <message>
        <source>进线 {to}</source>
        <translation>Dialled {to}</translation>
    </message>
    <message>
        <source>排队：{queue}</source>
        <translation>Queue: {queue}</translation>
    </message>
    <message>
        <source>催 {number}</source>
        <translation>Chase {number}</translation>
    </message>
    <message>
        <source>新建维修工单</source>
        <translation>New repair order</translation>
    </message>
    <message>
        <source>查客户、工单</source>
        <translation>Find a customer</translation>
    </message>
    <message>
        <source>{family}女士</source>
        <translation>Ms {family}</translation>
    </message>
    <message>
        <source>{family}先生</source>
        <translation>Mr {family}</translation>
    </message>
    <message>
        <source>“您好，{site}，工号 {me}。{who}，我看到您的工单 {number} 还没有完成，先跟您说声抱歉……”</source>
        <translation>“{site}, agent {me}. {who}, I see your order {number} is not finished yet – I am sorry about that …”</translation>
    </message>
    <message>
        <source>“您好，{site}，工号 {me}。{who}，请问有什么可以帮您？”</source>
        <translation>“{site}, agent {me}. {who}, how can I help you?”</translation>
    </message>
    <message>
        <source>“您好，{site}，工号 {me}。请问怎么称呼您，有什么可以帮您？”</source>
        <translation>“{site}, agent {me}. May I have your name, and how can I help you?”</translation>
    </message>
    <message>
        <source>问候，核对姓名和地址</source>
        <translation>Greet, check name and address</translation>
    </message>
    <message>
        <source>问清故障现象，什么时候开始</source>
        <translation>Ask what is wrong, and since when</translation>
    </message>
    <message>
        <source>请客户断电重启一次，问结果</source>
        <translation>Have it switched off and on once</translation>
    </message>
    <message>
        <source>约上门时间，告知费用</source>
        <translation>Agree the visit, name the charge</translation>
    </message>
    <message>
        <source>复述工单内容，请客户确认</source>
        <translation>Read the order back to confirm</translation>
    </message>
    <message>
        <source>导航</source>
        <translation>IVR</translation>
    </message>
    <message>
        <source>等待</source>
        <translation>wait</translation>
    </message>
    <message>
        <source>通话</source>
        <translation>talk</translation>
    </message>
    <message>
        <source>保持</source>
        <translation>hold</translation>
    </message>
</context>
<context>
    <name>HistoryView</name>
    <message>
        <source>还没有往来。这通电话会成为第一条。</source>
        <translation>No history yet. This call will be the first entry.</translation>
    </message>
    <message>
        <source>往来经过</source>
        <translation>History</translation>
    </message>
</context>
<context>
    <name>HistoryViewModel</name>
    <message>
        <source>工单</source>
        <translation>Order</translation>
    </message>
    <message>
        <source>来电</source>
        <translation>Call in</translation>
    </message>
    <message>
        <source>投诉</source>
        <translation>Complaint</translation>
    </message>
    <message>
        <source>去电</source>
        <translation>Call out</translation>
    </message>
    <message>
        <source>回访</source>
        <translation>Follow-up</translation>
    </message>
    <message>
        <source>短信</source>
        <translation>SMS</translation>
    </message>
    <message>
        <source>送货</source>
        <translation>Delivery</translation>
    </message>
    <message>
        <source>合同</source>
        <translation>Contract</translation>
    </message>
    <message>
        <source>留言</source>
        <translation>Voicemail</translation>
    </message>
    <message>
        <source>{text}  师傅 {who}</source>
        <translation>{text}  Engineer {who}</translation>
    </message>
    <message>
        <source>{who}受理</source>
        <translation>taken by {who}</translation>
    </message>
    <message>
        <source>已接听</source>
        <translation>Answered</translation>
    </message>
    <message>
        <source>放弃</source>
        <translation>Abandoned</translation>
    </message>
    <message>
        <source>自助</source>
        <translation>Self-service</translation>
    </message>
    <message>
        <source>中断</source>
        <translation>Cut off</translation>
    </message>
    <message>
        <source>送达</source>
        <translation>Delivered</translation>
    </message>
    <message>
        <source>有效</source>
        <translation>Active</translation>
    </message>
    <message>
        <source>{status} {n} 天</source>
        <translation>{status}, {n} days</translation>
    </message>
    <message numerus="yes">
        <source>%n 张未完工单</source>
        <translation>
            <numerusform>%n open order</numerusform>
            <numerusform>%n open orders</numerusform>
        </translation>
    </message>
    <message>
        <source>{days} 天内第 {n} 次来电</source>
        <translation>Call no. {n} in {days} days</translation>
    </message>
    <message>
        <source>上次满意度 {n} / 5</source>
        <translation>Last rating {n} / 5</translation>
    </message>
</context>
<context>
    <name>IdleView</name>
    <message>
        <source>时间</source>
        <translation>Time</translation>
    </message>
    <message>
        <source>客户</source>
        <translation>Customer</translation>
    </message>
    <message>
        <source>业务</source>
        <translation>Subject</translation>
    </message>
    <message>
        <source>结果</source>
        <translation>Result</translation>
    </message>
    <message>
        <source>时长</source>
        <translation>Length</translation>
    </message>
    <message>
        <source>刚才的电话</source>
        <translation>Recent calls</translation>
    </message>
    <message>
        <source>今天还没有电话。接听后会自动出现在这里。</source>
        <translation>No calls yet today. They appear here once answered.</translation>
    </message>
    <message>
        <source>我的任务</source>
        <translation>My tasks</translation>
    </message>
    <message>
        <source>没有要回的电话。没接到的客户会自动出现在这里。</source>
        <translation>Nobody to call back. Callers we missed appear here.</translation>
    </message>
    <message>
        <source>我的队列</source>
        <translation>My queues</translation>
    </message>
    <message>
        <source>本组此刻</source>
        <translation>My team now</translation>
    </message>
    <message>
        <source>常用按键</source>
        <translation>Keys</translation>
    </message>
    <message>
        <source>接听下一个电话</source>
        <translation>Answer the next call</translation>
    </message>
    <message>
        <source>示闲 / 示忙</source>
        <translation>Ready / break</translation>
    </message>
    <message>
        <source>查客户、工单、号码</source>
        <translation>Find a customer or number</translation>
    </message>
    <message>
        <source>拨号</source>
        <translation>Dial</translation>
    </message>
    <message>
        <source>全部按键</source>
        <translation>All keys</translation>
    </message>
    <message>
        <source>回拨最急的客户</source>
        <translation>Call back the most urgent</translation>
    </message>
    <message>
        <source>无人等待</source>
        <translation>nobody</translation>
    </message>
    <message>
        <source>一起就绪的同事 {n} 人</source>
        <translation>{n} colleagues ready with you</translation>
    </message>
</context>
<context>
    <name>IdleViewModel</name>
    <message>
        <source>今日接听</source>
        <translation>Answered today</translation>
    </message>
    <message>
        <source>全组平均 {n}</source>
        <translation>team average {n}</translation>
    </message>
    <message>
        <source>平均通话</source>
        <translation>Average talk</translation>
    </message>
    <message>
        <source>目标 4:30 以内</source>
        <translation>goal under 4:30</translation>
    </message>
    <message>
        <source>平均小结</source>
        <translation>Average wrap-up</translation>
    </message>
    <message>
        <source>目标 0:45 以内</source>
        <translation>goal under 0:45</translation>
    </message>
    <message>
        <source>通话总时长</source>
        <translation>Talked</translation>
    </message>
    <message>
        <source>今日</source>
        <translation>today</translation>
    </message>
    <message>
        <source>在线</source>
        <translation>Online</translation>
    </message>
    <message>
        <source>本次登录</source>
        <translation>since log-in</translation>
    </message>
    <message>
        <source>已派工</source>
        <translation>Dispatched</translation>
    </message>
    <message>
        <source>电话解决</source>
        <translation>Solved</translation>
    </message>
    <message>
        <source>转他部门</source>
        <translation>Passed on</translation>
    </message>
    <message>
        <source>待回电</source>
        <translation>Call back</translation>
    </message>
    <message>
        <source>已接听</source>
        <translation>Answered</translation>
    </message>
    <message>
        <source>放弃</source>
        <translation>Abandoned</translation>
    </message>
    <message>
        <source>中断</source>
        <translation>Cut off</translation>
    </message>
</context>
<context>
    <name>KeysPanel</name>
    <message>
        <source>按键一览</source>
        <translation>Keys</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>查找或拨号</source>
        <translation>Find or dial</translation>
    </message>
    <message>
        <source>拨号</source>
        <translation>Dial</translation>
    </message>
    <message>
        <source>新建工单</source>
        <translation>New work order</translation>
    </message>
    <message>
        <source>保存并派工 / 完成小结</source>
        <translation>Save and dispatch / finish wrap-up</translation>
    </message>
    <message>
        <source>存草稿或新客户</source>
        <translation>Save draft or new customer</translation>
    </message>
    <message>
        <source>预览、打印派工单</source>
        <translation>Preview, print the slip</translation>
    </message>
    <message>
        <source>换标签页</source>
        <translation>Change tab</translation>
    </message>
    <message>
        <source>客户一栏（窄窗）</source>
        <translation>Customer column (narrow window)</translation>
    </message>
    <message>
        <source>全屏</source>
        <translation>Full screen</translation>
    </message>
    <message>
        <source>撤销刚才的选择</source>
        <translation>Undo the last choice</translation>
    </message>
    <message>
        <source>只留窄条，浮在最上</source>
        <translation>Only the bar, on top</translation>
    </message>
    <message>
        <source>这一屏</source>
        <translation>This screen</translation>
    </message>
    <message>
        <source>到处都能用</source>
        <translation>Everywhere</translation>
    </message>
</context>
<context>
    <name>LoginView</name>
    <message>
        <source>第一次连接这台服务器，请向管理员核对它的指纹词：</source>
        <translation>This server is new here: compare its words with the administrator’s.</translation>
    </message>
    <message>
        <source>总机</source>
        <translation>Zongji</translation>
    </message>
    <message>
        <source>Zongji  ·  呼叫中心</source>
        <translation>Call centre</translation>
    </message>
    <message>
        <source>大写锁定已打开</source>
        <translation>Caps Lock is on</translation>
    </message>
    <message>
        <source>工号</source>
        <translation>Staff number</translation>
    </message>
    <message>
        <source>密码</source>
        <translation>Password</translation>
    </message>
    <message>
        <source>先示忙</source>
        <translation>On break</translation>
    </message>
    <message>
        <source>直接示闲</source>
        <translation>Ready at once</translation>
    </message>
    <message>
        <source>登录</source>
        <translation>Log in</translation>
    </message>
    <message>
        <source>请戴好耳机，先试一下音量。</source>
        <translation>Put your headset on and try it first.</translation>
    </message>
    <message>
        <source>话机</source>
        <translation>Phone</translation>
    </message>
    <message>
        <source>登录后</source>
        <translation>After log-in</translation>
    </message>
    <message>
        <source>麦克风音量</source>
        <translation>Microphone level</translation>
    </message>
    <message>
        <source>更换</source>
        <translation>Change</translation>
    </message>
    <message>
        <source>其他服务器</source>
        <translation>Other server</translation>
    </message>
    <message>
        <source>服务器地址</source>
        <translation>Server address</translation>
    </message>
    <message>
        <source>浅色</source>
        <translation>Light</translation>
    </message>
    <message>
        <source>深色</source>
        <translation>Dark</translation>
    </message>
    <message>
        <source>正在登录…</source>
        <translation>Logging in …</translation>
    </message>
    <message>
        <source>没有找到耳机</source>
        <translation>No headset found</translation>
    </message>
    <message>
        <source>声音由本机收发，对着麦克风说句话</source>
        <translation>Say something to test it</translation>
    </message>
    <message>
        <source>可以登录，但不会收到电话</source>
        <translation>You can log in, but get no calls</translation>
    </message>
    <message>
        <source>服务器 {host}  ·  {state}</source>
        <translation>Server {host}  ·  {state}</translation>
    </message>
</context>
<context>
    <name>LoginViewModel</name>
    <message>
        <source>正在找服务器</source>
        <translation>looking for it</translation>
    </message>
    <message>
        <source>已连接</source>
        <translation>Connected</translation>
    </message>
    <message>
        <source>部分功能不可用</source>
        <translation>partly out of order</translation>
    </message>
    <message>
        <source>服务暂停</source>
        <translation>out of order</translation>
    </message>
    <message>
        <source>连不上</source>
        <translation>not reached</translation>
    </message>
    <message>
        <source>请输入工号</source>
        <translation>Enter your staff number</translation>
    </message>
    <message>
        <source>请输入密码</source>
        <translation>Enter your password</translation>
    </message>
    <message>
        <source>连不上服务器，请检查网络或换一台服务器</source>
        <translation>The server does not answer. Check the network or choose another server</translation>
    </message>
    <message>
        <source>工号或密码不对</source>
        <translation>Wrong staff number or password</translation>
    </message>
    <message>
        <source>暂时不能登录</source>
        <translation>Log-in is not possible now</translation>
    </message>
</context>
<context>
    <name>LostStrip</name>
    <message>
        <source>连接中断，正在重连… 已写内容都在</source>
        <translation>Link lost, reconnecting … What you wrote is safe</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>总机</source>
        <translation>Zongji</translation>
    </message>
    <message>
        <source>催单：{number}</source>
        <translation>Chasing order {number}</translation>
    </message>
    <message>
        <source>键盘</source>
        <translation>Keypad</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>工单 {number} 已派工</source>
        <translation>Order {number} dispatched</translation>
    </message>
    <message>
        <source>通话结束</source>
        <translation>Call ended</translation>
    </message>
    <message>
        <source>来电 {who}</source>
        <translation>Call from {who}</translation>
    </message>
    <message>
        <source>对方没有接听，已接回客户</source>
        <translation>Not answered; you are back with the customer</translation>
    </message>
    <message>
        <source>对方已挂断，已接回客户</source>
        <translation>They hung up; you are back with the customer</translation>
    </message>
    <message>
        <source>连接中断</source>
        <translation>Link lost</translation>
    </message>
</context>
<context>
    <name>OrderView</name>
    <message>
        <source>预览派工单</source>
        <translation>Preview slip</translation>
    </message>
    <message>
        <source>保存并派工</source>
        <translation>Save and dispatch</translation>
    </message>
    <message>
        <source>产品</source>
        <translation>Product</translation>
    </message>
    <message>
        <source>业务类型</source>
        <translation>Type</translation>
    </message>
    <message>
        <source>故障现象</source>
        <translation>Fault</translation>
    </message>
    <message>
        <source>客户怎么说</source>
        <translation>What the customer says</translation>
    </message>
    <message>
        <source>上门时间</source>
        <translation>Visit</translation>
    </message>
    <message>
        <source>联系人</source>
        <translation>Contact</translation>
    </message>
    <message>
        <source>联系电话</source>
        <translation>Phone</translation>
    </message>
    <message>
        <source>地址</source>
        <translation>Address</translation>
    </message>
    <message>
        <source>工程师</source>
        <translation>Engineer</translation>
    </message>
    <message>
        <source>保修</source>
        <translation>Warranty</translation>
    </message>
    <message>
        <source>工单</source>
        <translation>Order</translation>
    </message>
    <message>
        <source>新工单</source>
        <translation>New order</translation>
    </message>
    <message>
        <source>* 必填，还差 {n} 项</source>
        <translation>* required, {n} missing</translation>
    </message>
    <message>
        <source>* 必填</source>
        <translation>* required</translation>
    </message>
    <message>
        <source>先保存，再预览</source>
        <translation>Save first, then preview</translation>
    </message>
    <message>
        <source>连接中断，正在重连</source>
        <translation>Link lost, reconnecting</translation>
    </message>
    <message>
        <source>本机磁盘写不进去</source>
        <translation>This disk refuses to save</translation>
    </message>
    <message>
        <source>正在保存…</source>
        <translation>Saving …</translation>
    </message>
    <message>
        <source>草稿已存 {t}</source>
        <translation>Draft saved {t}</translation>
    </message>
</context>
<context>
    <name>OrderViewModel</name>
    <message>
        <source>未登记的产品</source>
        <translation>Not registered</translation>
    </message>
    <message>
        <source>上午</source>
        <translation>AM</translation>
    </message>
    <message>
        <source>下午</source>
        <translation>PM</translation>
    </message>
    <message>
        <source>{weekday} {day} 日</source>
        <translation>{weekday} {day}</translation>
    </message>
    <message>
        <source>请先存为客户</source>
        <translation>Save the customer first</translation>
    </message>
    <message>
        <source>工单没有存上，内容还在，请再试一次</source>
        <translation>The order is not saved; nothing is lost, try again</translation>
    </message>
</context>
<context>
    <name>PickerPanel</name>
    <message>
        <source>转接给</source>
        <translation>Transfer to</translation>
    </message>
    <message>
        <source>咨询谁</source>
        <translation>Consult whom</translation>
    </message>
    <message>
        <source>请谁加入</source>
        <translation>Who joins</translation>
    </message>
    <message>
        <source>拨号</source>
        <translation>Dial</translation>
    </message>
    <message>
        <source>查找或拨号</source>
        <translation>Find or dial</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>号码、姓名</source>
        <translation>Number or name</translation>
    </message>
    <message>
        <source>号码、姓名、工单号</source>
        <translation>Number, name, work order</translation>
    </message>
    <message>
        <source>姓名、工号、队列或号码</source>
        <translation>Name, staff number, queue or number</translation>
    </message>
    <message>
        <source>没有找到，可以直接输入号码</source>
        <translation>Nobody found; you can type a number</translation>
    </message>
    <message>
        <source>输入号码或姓名</source>
        <translation>Type a number or a name</translation>
    </message>
</context>
<context>
    <name>PickerViewModel</name>
    <message>
        <source>去电</source>
        <translation>Outgoing</translation>
    </message>
    <message>
        <source>来电</source>
        <translation>Incoming</translation>
    </message>
    <message>
        <source>拨这个号码</source>
        <translation>Dial this number</translation>
    </message>
    <message>
        <source>队列  ·  {n} 人等待</source>
        <translation>Queue  ·  {n} waiting</translation>
    </message>
</context>
<context>
    <name>SettingsPanel</name>
    <message>
        <source>设置</source>
        <translation>Settings</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>语言</source>
        <translation>Language</translation>
    </message>
    <message>
        <source>颜色</source>
        <translation>Colours</translation>
    </message>
    <message>
        <source>浅色</source>
        <translation>Light</translation>
    </message>
    <message>
        <source>深色</source>
        <translation>Dark</translation>
    </message>
    <message>
        <source>文字大小</source>
        <translation>Text size</translation>
    </message>
    <message>
        <source>动画</source>
        <translation>Motion</translation>
    </message>
    <message>
        <source>开</source>
        <translation>On</translation>
    </message>
    <message>
        <source>关</source>
        <translation>Off</translation>
    </message>
    <message>
        <source>轻</source>
        <translation>Soft</translation>
    </message>
    <message>
        <source>中</source>
        <translation>Medium</translation>
    </message>
    <message>
        <source>响</source>
        <translation>Loud</translation>
    </message>
    <message>
        <source>来电铃声</source>
        <translation>Ring</translation>
    </message>
    <message>
        <source>打开窗口</source>
        <translation>Opens the window</translation>
    </message>
    <message>
        <source>保持窄条</source>
        <translation>Stays a bar</translation>
    </message>
    <message>
        <source>窄条时来电</source>
        <translation>A call in bar mode</translation>
    </message>
    <message>
        <source>耳机</source>
        <translation>Headset</translation>
    </message>
    <message>
        <source>立即生效，正在写的内容不受影响。</source>
        <translation>In force at once; what you are writing stays.</translation>
    </message>
</context>
<context>
    <name>ShellView</name>
    <message>
        <source>工作台</source>
        <translation>Desk</translation>
    </message>
    <message>
        <source>现场</source>
        <translation>Floor</translation>
    </message>
    <message>
        <source>大屏</source>
        <translation>Wallboard</translation>
    </message>
    <message>
        <source>设置</source>
        <translation>Settings</translation>
    </message>
    <message>
        <source>历史</source>
        <translation>History</translation>
    </message>
    <message>
        <source>工单</source>
        <translation>Work order</translation>
    </message>
    <message>
        <source>话术</source>
        <translation>Script</translation>
    </message>
    <message>
        <source>知识库</source>
        <translation>Knowledge</translation>
    </message>
    <message>
        <source>语音导航</source>
        <translation>In the IVR</translation>
    </message>
    <message>
        <source>话术：报修</source>
        <translation>Script: repairs</translation>
    </message>
    <message>
        <source>还没有知识条目。班长录入后会出现在这里。</source>
        <translation>No knowledge entries yet. They appear here once a supervisor adds them.</translation>
    </message>
    <message>
        <source>客户</source>
        <translation>Customer</translation>
    </message>
</context>
<context>
    <name>SlipPanel</name>
    <message>
        <source>派工单</source>
        <translation>Dispatch slip</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>打印</source>
        <translation>Print</translation>
    </message>
    <message>
        <source>第 {n} 页</source>
        <translation>Page {n}</translation>
    </message>
    <message>
        <source>正在取派工单…</source>
        <translation>Fetching the slip …</translation>
    </message>
    <message>
        <source>还没有取到</source>
        <translation>Not here yet</translation>
    </message>
</context>
<context>
    <name>SlipViewModel</name>
    <message>
        <source>派工单没有取到，请再试一次</source>
        <translation>The slip did not arrive, try again</translation>
    </message>
</context>
<context>
    <name>SoundCheckView</name>
    <message>
        <source>试音</source>
        <translation>Test sound</translation>
    </message>
</context>
<context>
    <name>SoundCheckViewModel</name>
    <message>
        <source>这副耳机第一次用，请先试音</source>
        <translation>New headset here: test it first</translation>
    </message>
    <message>
        <source>录 3 秒，再放给您听</source>
        <translation>Records 3 s and plays them back</translation>
    </message>
    <message>
        <source>请说一句话…还有 {n} 秒</source>
        <translation>Say something… {n} s left</translation>
    </message>
    <message>
        <source>正在放给您听</source>
        <translation>Playing it back</translation>
    </message>
    <message>
        <source>声音正常</source>
        <translation>Sounds good</translation>
    </message>
    <message>
        <source>太轻了，请把麦克风靠近些再试</source>
        <translation>Too quiet: move the microphone closer</translation>
    </message>
    <message>
        <source>太响了，请把麦克风离远些再试</source>
        <translation>Too loud: move the microphone away</translation>
    </message>
    <message>
        <source>没有声音，麦克风可能关着</source>
        <translation>No sound: the microphone may be off</translation>
    </message>
    <message>
        <source>试音没有成功，请检查耳机</source>
        <translation>The test failed: check the headset</translation>
    </message>
</context>
<context>
    <name>StatusView</name>
    <message>
        <source>切换语言</source>
        <translation>Change language</translation>
    </message>
    <message>
        <source>浅色</source>
        <translation>Light</translation>
    </message>
    <message>
        <source>深色</source>
        <translation>Dark</translation>
    </message>
    <message>
        <source>按键一览</source>
        <translation>Keys</translation>
    </message>
</context>
<context>
    <name>StatusViewModel</name>
    <message>
        <source>已连接</source>
        <translation>Connected</translation>
    </message>
    <message>
        <source>连接中断 {t}</source>
        <translation>Link lost {t}</translation>
    </message>
    <message>
        <source>正在连接</source>
        <translation>Connecting</translation>
    </message>
    <message>
        <source>耳机</source>
        <translation>Headset</translation>
    </message>
    <message>
        <source>{device} · 未接通</source>
        <translation>{device} · not connected</translation>
    </message>
    <message>
        <source>{name}  工号 {number}</source>
        <translation>{name}  no. {number}</translation>
    </message>
    <message>
        <source>在线 {t}</source>
        <translation>Online {t}</translation>
    </message>
</context>
<context>
    <name>TasksViewModel</name>
    <message>
        <source>排队时挂断</source>
        <translation>hung up waiting</translation>
    </message>
    <message>
        <source>等得太久</source>
        <translation>waited too long</translation>
    </message>
    <message>
        <source>线路中断</source>
        <translation>line lost</translation>
    </message>
    <message>
        <source>没有接通</source>
        <translation>not connected</translation>
    </message>
    <message>
        <source>有留言</source>
        <translation>left a message</translation>
    </message>
    <message>
        <source>回拨 {who}</source>
        <translation>Call back {who}</translation>
    </message>
    <message>
        <source>应于 {t} 前</source>
        <translation>due {t}</translation>
    </message>
</context>
<context>
    <name>WallboardView</name>
    <message>
        <source>大屏</source>
        <translation>Wallboard</translation>
    </message>
    <message>
        <source>队列</source>
        <translation>Queue</translation>
    </message>
    <message>
        <source>等待</source>
        <translation>Wait</translation>
    </message>
    <message>
        <source>最长</source>
        <translation>Longest</translation>
    </message>
    <message>
        <source>服务水平</source>
        <translation>Level</translation>
    </message>
    <message>
        <source>坐席</source>
        <translation>Agents</translation>
    </message>
    <message>
        <source>{n} 人在线</source>
        <translation>{n} online</translation>
    </message>
</context>
<context>
    <name>WallboardViewModel</name>
    <message>
        <source>连接中断，数据停在 {t}</source>
        <translation>Link lost, figures as of {t}</translation>
    </message>
    <message>
        <source>总机</source>
        <translation>Zongji</translation>
    </message>
    <message>
        <source>今日来电</source>
        <translation>Calls</translation>
    </message>
    <message>
        <source>放弃</source>
        <translation>Abandoned</translation>
    </message>
    <message>
        <source>{date} {weekday}</source>
        <translation>{weekday} {date}</translation>
    </message>
    <message>
        <source>等待</source>
        <translation>Waiting</translation>
    </message>
    <message>
        <source>目标 {n} 以内</source>
        <translation>goal ≤ {n}</translation>
    </message>
    <message>
        <source>最长等待</source>
        <translation>Longest wait</translation>
    </message>
    <message>
        <source>{queue}，限 {t}</source>
        <translation>{queue} ≤ {t}</translation>
    </message>
    <message>
        <source>限 {t}</source>
        <translation>≤ {t}</translation>
    </message>
    <message>
        <source>服务水平 / 已提供</source>
        <translation>Level / offered</translation>
    </message>
    <message>
        <source>{s} 秒内 ≥ {p}</source>
        <translation>in {s} s ≥ {p}</translation>
    </message>
</context>
<context>
    <name>WhoView</name>
    <message>
        <source>录音中</source>
        <translation>Recording</translation>
    </message>
    <message>
        <source>客户的音量</source>
        <translation>Caller’s level</translation>
    </message>
    <message>
        <source>我的音量</source>
        <translation>My level</translation>
    </message>
    <message>
        <source>客户</source>
        <translation>Caller</translation>
    </message>
    <message>
        <source>我</source>
        <translation>Me</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>就绪</source>
        <translation>Ready</translation>
    </message>
    <message>
        <source>振铃</source>
        <translation>Ringing</translation>
    </message>
    <message>
        <source>外呼</source>
        <translation>Dialling</translation>
    </message>
    <message>
        <source>通话</source>
        <translation>Talking</translation>
    </message>
    <message>
        <source>保持</source>
        <translation>On hold</translation>
    </message>
    <message>
        <source>咨询</source>
        <translation>Consulting</translation>
    </message>
    <message>
        <source>三方</source>
        <translation>Conference</translation>
    </message>
    <message>
        <source>小结</source>
        <translation>Wrap-up</translation>
    </message>
    <message>
        <source>小休</source>
        <translation>Break</translation>
    </message>
    <message>
        <source>已签退</source>
        <translation>Logged out</translation>
    </message>
    <message>
        <source>语音导航</source>
        <translation>IVR</translation>
    </message>
    <message>
        <source>排队</source>
        <translation>Queued</translation>
    </message>
    <message>
        <source>留言</source>
        <translation>Voicemail</translation>
    </message>
    <message>
        <source>已结束</source>
        <translation>Ended</translation>
    </message>
    <message>
        <source>午餐</source>
        <translation>lunch</translation>
    </message>
    <message>
        <source>喝水休息</source>
        <translation>rest</translation>
    </message>
    <message>
        <source>会议</source>
        <translation>meeting</translation>
    </message>
    <message>
        <source>培训</source>
        <translation>training</translation>
    </message>
    <message>
        <source>未接来电</source>
        <translation>missed a call</translation>
    </message>
    <message>
        <source>刚登录</source>
        <translation>just logged in</translation>
    </message>
    <message>
        <source>连接中断</source>
        <translation>link lost</translation>
    </message>
    <message>
        <source>耳机断开</source>
        <translation>headset lost</translation>
    </message>
    <message>
        <source>客户</source>
        <translation>caller</translation>
    </message>
    <message>
        <source>坐席</source>
        <translation>agent</translation>
    </message>
    <message>
        <source>班长</source>
        <translation>supervisor</translation>
    </message>
    <message>
        <source>系统</source>
        <translation>the system</translation>
    </message>
    <message>
        <source>周一</source>
        <translation>Mon</translation>
    </message>
    <message>
        <source>周二</source>
        <translation>Tue</translation>
    </message>
    <message>
        <source>周三</source>
        <translation>Wed</translation>
    </message>
    <message>
        <source>周四</source>
        <translation>Thu</translation>
    </message>
    <message>
        <source>周五</source>
        <translation>Fri</translation>
    </message>
    <message>
        <source>周六</source>
        <translation>Sat</translation>
    </message>
    <message>
        <source>周日</source>
        <translation>Sun</translation>
    </message>
    <message>
        <source>1 月</source>
        <translation>Jan</translation>
    </message>
    <message>
        <source>2 月</source>
        <translation>Feb</translation>
    </message>
    <message>
        <source>3 月</source>
        <translation>Mar</translation>
    </message>
    <message>
        <source>4 月</source>
        <translation>Apr</translation>
    </message>
    <message>
        <source>5 月</source>
        <translation>May</translation>
    </message>
    <message>
        <source>6 月</source>
        <translation>Jun</translation>
    </message>
    <message>
        <source>7 月</source>
        <translation>Jul</translation>
    </message>
    <message>
        <source>8 月</source>
        <translation>Aug</translation>
    </message>
    <message>
        <source>9 月</source>
        <translation>Sep</translation>
    </message>
    <message>
        <source>10 月</source>
        <translation>Oct</translation>
    </message>
    <message>
        <source>11 月</source>
        <translation>Nov</translation>
    </message>
    <message>
        <source>12 月</source>
        <translation>Dec</translation>
    </message>
    <message>
        <source>{month} {day} 日</source>
        <translation>{day} {month}</translation>
    </message>
</context>
<context>
    <name>WrapUpView</name>
    <message>
        <source>通话小结</source>
        <translation>Call summary</translation>
    </message>
    <message>
        <source>业务线</source>
        <translation>Business line</translation>
    </message>
    <message>
        <source>来电类型</source>
        <translation>Type</translation>
    </message>
    <message>
        <source>处理结果</source>
        <translation>Outcome</translation>
    </message>
    <message>
        <source>由产品预填</source>
        <translation>from the product</translation>
    </message>
    <message>
        <source>小结</source>
        <translation>Notes</translation>
    </message>
    <message>
        <source>常用语</source>
        <translation>Phrases</translation>
    </message>
    <message>
        <source>，</source>
        <translation>, </translation>
    </message>
    <message>
        <source>* 必填 {n} 项，已填 {m} 项</source>
        <translation>{m} of {n} required filled</translation>
    </message>
    <message>
        <source>请选一项</source>
        <translation>Choose one</translation>
    </message>
    <message>
        <source>本机磁盘写不进去，请尽快完成小结</source>
        <translation>This disk refuses to save; finish the wrap-up soon</translation>
    </message>
    <message>
        <source>连接中断，已写内容存在本机</source>
        <translation>Link lost; kept on this computer</translation>
    </message>
    <message>
        <source>边写边存，断线也不丢</source>
        <translation>Saved as you type, even if the link drops</translation>
    </message>
    <message>
        <source>{n} 秒后自动示闲</source>
        <translation>ready by itself in {n} s</translation>
    </message>
</context>
<context>
    <name>WrapUpViewModel</name>
    <message>
        <source>其他</source>
        <translation>Other</translation>
    </message>
    <message>
        <source>报修</source>
        <translation>Repair</translation>
    </message>
    <message>
        <source>催单</source>
        <translation>Chasing</translation>
    </message>
    <message>
        <source>咨询</source>
        <translation>Question</translation>
    </message>
    <message>
        <source>投诉</source>
        <translation>Complaint</translation>
    </message>
    <message>
        <source>安装</source>
        <translation>Installation</translation>
    </message>
    <message>
        <source>已派工</source>
        <translation>Dispatched</translation>
    </message>
    <message>
        <source>电话解决</source>
        <translation>Solved</translation>
    </message>
    <message>
        <source>转他部门</source>
        <translation>Passed on</translation>
    </message>
    <message>
        <source>待回电</source>
        <translation>Call back</translation>
    </message>
    <message>
        <source>冰箱</source>
        <translation>Fridge</translation>
    </message>
    <message>
        <source>洗衣机</source>
        <translation>Washer</translation>
    </message>
    <message>
        <source>空调</source>
        <translation>Air con</translation>
    </message>
    <message>
        <source>热水器</source>
        <translation>Heater</translation>
    </message>
    <message>
        <source>已致歉</source>
        <translation>Apologised</translation>
    </message>
    <message>
        <source>客户接受</source>
        <translation>Accepts</translation>
    </message>
    <message>
        <source>要求尽快</source>
        <translation>Urgent</translation>
    </message>
    <message>
        <source>已报价</source>
        <translation>Quoted</translation>
    </message>
    <message>
        <source>要发票</source>
        <translation>Wants invoice</translation>
    </message>
</context>
</TS>
