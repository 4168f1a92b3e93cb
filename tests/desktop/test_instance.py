"""A second start brings the first window forward."""

from app.desktop.instance import Instance


def test_the_second_start_calls_the_first_and_gives_way(qtbot, tmp_path):
    whose = str(tmp_path)
    first, second, another = Instance(whose, "a01"), Instance(whose, "a01"), Instance(whose, "a02")
    called = []
    first.called.connect(lambda: called.append(1))
    assert first.claim() and not second.claim() and another.claim()
    qtbot.waitUntil(lambda: called == [1])
    first.release()
    assert second.claim()
    for each in (second, another):
        each.release()
