"""A pjsua2 telephone: calls one number, plays a file, records what it hears. Run as a program.

Its own process, because pjsua aborts the process on a failed assertion. Prints one JSON line.
"""

import json
import sys
import time

import pjsua2 as pj


class Call(pj.Call):
    connected = False
    ended = False
    player: pj.AudioMediaPlayer | None = None
    recorder: pj.AudioMediaRecorder | None = None
    play = record = ""

    def onCallState(self, prm):
        info = self.getInfo()
        self.connected = self.connected or info.state == pj.PJSIP_INV_STATE_CONFIRMED
        self.ended = info.state == pj.PJSIP_INV_STATE_DISCONNECTED

    def onCallMediaState(self, prm):
        media = self.getAudioMedia(-1)
        if self.player is None:
            self.player, self.recorder = pj.AudioMediaPlayer(), pj.AudioMediaRecorder()
            self.player.createPlayer(self.play)
            self.recorder.createRecorder(self.record)
            self.player.startTransmit(media)
            media.startTransmit(self.recorder)


def main() -> None:
    uri, play, record, talk_s, keys = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), sys.argv[5]
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
    config.medConfig.noVad = True
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    endpoint.libInit(config)
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    transport.publicAddress = "127.0.0.1"
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    account_config = pj.AccountConfig()
    account_config.idUri = "sip:pjsua@127.0.0.1"
    account_config.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
    account_config.mediaConfig.transportConfig.publicAddress = "127.0.0.1"
    account = pj.Account()
    account.create(account_config)
    call = Call(account)
    call.play, call.record = play, record
    call.makeCall(uri, pj.CallOpParam(True))
    begun_s = time.monotonic()
    keyed = False
    while time.monotonic() < begun_s + talk_s and not call.ended:
        endpoint.libHandleEvents(10)
        if call.connected and keys and not keyed and time.monotonic() > begun_s + 0.5:
            keyed = True
            call.dialDtmf(keys)
    connected = call.connected
    if not call.ended:
        call.hangup(pj.CallOpParam(True))
        while not call.ended and time.monotonic() < begun_s + talk_s + 3:
            endpoint.libHandleEvents(10)
    call.player = call.recorder = None
    print(json.dumps({"connected": connected, "ended": call.ended}), flush=True)
    endpoint.libDestroy()


if __name__ == "__main__":
    main()
