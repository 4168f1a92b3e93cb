"""The floor's names of states and commands as people read them, in both languages."""

from typing import Final

# name → (Chinese, English)
WORDS: Final[dict[str, tuple[str, str]]] = {
    "logged_out": ("已签退", "logged out"),
    "ready": ("就绪", "ready"),
    "ringing": ("振铃", "ringing"),
    "talking": ("通话", "talking"),
    "held": ("保持", "held"),
    "wrap_up": ("小结", "wrap-up"),
    "on_break": ("小休", "on break"),
    "phone_rings": ("话机振铃", "the phone rings"),
    "queued": ("排队", "waiting"),
    "ivr": ("语音导航", "in the IVR"),
    "voicemail": ("留言", "voice mail"),
    "ended": ("已结束", "over"),
    "LogIn": ("签入", "log in"),
    "LogOut": ("签出", "log out"),
    "StartBreak": ("示忙", "take a break"),
    "EndBreak": ("示闲", "be ready"),
    "AnswerCall": ("接听", "answer"),
    "HangUp": ("挂断", "hang up"),
    "Hold": ("保持", "hold"),
    "Resume": ("取回", "resume"),
    "Mute": ("静音", "mute"),
    "Unmute": ("取消静音", "unmute"),
    "SendDigits": ("发送按键", "send keys"),
    "Dial": ("拨号", "dial"),
    "Transfer": ("转接", "transfer"),
    "CompleteTransfer": ("完成转接", "complete the transfer"),
    "CancelTransfer": ("取消转接", "cancel the transfer"),
    "JoinConference": ("三方通话", "join the conference"),
    "PickUp": ("代接", "pick up"),
    "SaveWrapUpDraft": ("保存小结草稿", "save the draft"),
    "FinishWrapUp": ("完成小结", "finish the wrap-up"),
    "ExtendWrapUp": ("延长小结", "extend the wrap-up"),
    "StartRecording": ("开始录音", "start recording"),
    "PauseRecording": ("暂停录音", "pause the recording"),
    "ResumeRecording": ("继续录音", "resume the recording"),
    "StopRecording": ("停止录音", "stop recording"),
    "Listen": ("监听", "listen"),
    "Whisper": ("耳语", "whisper"),
    "Barge": ("插话", "barge in"),
    "StopListening": ("停止监听", "stop listening"),
    "ForceHangUp": ("强拆", "force the hang-up"),
    "ForceTransfer": ("强转", "force the transfer"),
    "ForceState": ("强制改状态", "force the state"),
    "MoveAgent": ("调整队列", "move the agent"),
}


def word(name: str, language: str) -> str:
    """The word for a state or command; a name nobody has put into words stays as it is."""
    pair = WORDS.get(name)
    return name if pair is None else pair[0 if language == "zh_CN" else 1]
