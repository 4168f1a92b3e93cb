"""The dispatch slip: what it says, that nothing collides, that its codes are read."""

import io
import itertools
import pickle
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
import slip_samples as samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from reports.layout import fonts
from reports.layout.sheet import Mark
from reports.pages.slip import LANGUAGES, PAPERS, DrawnSlip, Part, Slip, draw_slip, render_slip

try:
    from pyzbar import pyzbar
except ImportError:  # its library is Debian's libzbar0
    pyzbar = None

pytestmark = [
    pytest.mark.req("D4", "R12"),
    pytest.mark.skipif(not any(Path(p).exists() for p in fonts.FIRST_CHOICES), reason="no Chinese font"),
]
SIZES_MM = {"A4": (210, 297), "A5": (148, 210), "80mm": (80, None)}
HOLES_MM = {"A4": 20, "A5": 14, "80mm": 4}
SIX = list(itertools.product(PAPERS, LANGUAGES))
LOWEST_POINT_MM = 0.12  # boxes may touch by this much: they are rounded outward


def sample(language: str, **changes: object) -> Slip:
    return (samples.chinese if language == "zh_CN" else samples.english)(**changes)


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def pictures(pdf: bytes, dpi: int, one_bit: bool) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        grey = [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()
    return [image.point(lambda level: 255 if level > 128 else 0) for image in grey] if one_bit else grey


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


# ------------------------------------------------------------------------ text


@pytest.mark.parametrize(("paper", "language"), SIX)
def test_every_value_is_in_the_text(paper: str, language: str):
    slip = sample(language)
    printed = squeezed("".join(texts(render_slip(slip, paper, language))))
    if language == "zh_CN":
        assert squeezed(slip.address + slip.note) in printed.replace("备注", "")
    wanted = [slip.number, slip.company, slip.hotline, slip.customer, slip.phone, slip.address, slip.note]
    wanted += [
        slip.product,
        slip.model,
        slip.serial,
        slip.complaint,
        slip.fault_code,
        slip.bring,
        slip.engineer,
    ]
    wanted += [part.description for part in slip.parts] + [part.part_no for part in slip.parts]
    wanted += [past.work for past in slip.history] + ["386.00", "428.50", "80.00", "−508.50", "0.00"]
    # A wrapped description may have its row's figures between its lines: word by word.
    assert [word for value in wanted for word in value.split() if word not in printed] == []


def test_bold_text_is_there_once():
    printed = squeezed("".join(texts(render_slip(samples.chinese(), "A4"))))
    assert printed.count("变频冷暖空调1.5匹") == 1
    assert printed.count("应收合计") == 1


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_the_text_comes_in_reading_order(tmp_path: Path):
    (tmp_path / "slip.pdf").write_bytes(render_slip(samples.chinese(), "A5"))
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "slip.pdf"), "-"], capture_output=True, check=True
    ).stdout.decode()
    order = ["云杉电器售后服务中心", "维修派工单", "预约上门", "王建国", "客户描述", "建议携带", "料号", "应收合计", "客户签字", "客户回执"]  # fmt: skip
    at = [text.index(word) for word in order]
    assert at == sorted(at)


def test_the_whole_number_of_the_phone_is_nowhere():
    slip = samples.chinese()
    pdf = render_slip(slip, "A4")
    assert b"13800006021" not in pdf
    assert slip.phone in "".join(texts(pdf))


def test_an_empty_field_has_a_writing_line_or_goes():
    printed = "".join(texts(render_slip(samples.SHORTEST, "A5")))
    assert "型号" in printed
    assert "序列号" in printed  # the engineer may fill these in
    assert "备注" not in printed
    assert "建议携带" not in printed
    assert "历史" not in printed
    assert "0.00" in printed


def test_an_unknown_price_is_a_dash_and_a_reprint_says_so():
    slip = samples.chinese(parts=(Part(description="继电器"),), print_count=2)
    printed = "".join(texts(render_slip(slip, "A4")))
    assert "—" in printed
    assert "第 2 次打印 · 补打" in printed


# ----------------------------------------------------------------------- fonts


@pytest.mark.skipif(not shutil.which("pdffonts"), reason="poppler-utils is not installed")
@pytest.mark.parametrize("paper", PAPERS)
def test_every_font_is_embedded_and_none_is_helvetica(tmp_path: Path, paper: str):
    (tmp_path / "slip.pdf").write_bytes(render_slip(samples.HOSTILE, paper))
    listed = subprocess.run(
        ["pdffonts", str(tmp_path / "slip.pdf")], capture_output=True, check=True, text=True
    )
    rows = listed.stdout.splitlines()[2:]
    assert rows
    for row in rows:
        assert "Helvetica" not in row
        embedded, subset, unicode = row.split()[-5:-2]
        assert (embedded, subset, unicode) == ("yes", "yes", "yes")


def test_the_same_slip_is_the_same_bytes_and_travels_to_a_worker():
    slip = pickle.loads(pickle.dumps(samples.chinese()))
    assert render_slip(slip, "A5") == render_slip(samples.chinese(), "A5")


def test_glyphs_nobody_has_are_told_and_printed_as_geta():
    drawn = draw_slip(samples.chinese(note="𠮷野家"), "A5")
    assert drawn.lacking == {"𠮷"}
    assert "〓野家" in "".join(texts(drawn.pdf))


# ----------------------------------------------------------------------- boxes


def _overlap(a: Mark, b: Mark) -> bool:
    slack = LOWEST_POINT_MM
    return (
        min(a.x1, b.x1) - max(a.x0, b.x0) > slack and min(a.y1, b.y1) - max(a.y0, b.y0) > slack
    )  # fmt: skip


def collisions(drawn: DrawnSlip) -> list[tuple[str, str]]:
    """Pairs of marks on one page that lie upon each other, except a tag and its own word."""
    solid = [mark for mark in drawn.marks if mark.kind != "rule"]
    rules = [mark for mark in drawn.marks if mark.kind == "rule"]
    found = []
    for a, b in itertools.combinations(solid, 2):
        own = {a.kind, b.kind} == {"tag", "text"} and a.text == b.text
        codes = a.kind == b.kind == "code"  # quiet zones may share white
        if a.page == b.page and not own and not codes and _overlap(a, b):
            found.append((a.text or a.kind, b.text or b.kind))
    for rule, mark in itertools.product(rules, solid):
        if mark.kind == "picture" or rule.page != mark.page:
            continue
        # A rule has no width: it may touch the foot of a glyph's box, not cross its body.
        body = Mark(mark.kind, mark.page, mark.x0 + 0.2, mark.y0 + 0.3, mark.x1 - 0.2, mark.y1 - 0.25)
        if rule.x0 < body.x1 and rule.x1 > body.x0 and rule.y0 < body.y1 and rule.y1 > body.y0:
            found.append(("rule", mark.text or mark.kind))
    return found


def outside(drawn: DrawnSlip, paper: str) -> list[Mark]:
    """What leaves the margins; the cut line, its scissors and quiet zones may."""
    wide, high = SIZES_MM[paper]
    found = []
    for mark in drawn.marks:
        if mark.kind in ("rule", "code", "picture"):
            continue
        inside = mark.x0 >= HOLES_MM[paper] - 0.15 and mark.x1 <= wide - 4 + 0.15 and mark.y0 > 3
        if not inside or (high and mark.y1 > high - 5):
            found.append(mark)
    return found


MATRIX = [
    (paper, language, count, kind, profile)
    for paper, language, (count, profile), kind in itertools.product(
        PAPERS, LANGUAGES, [(0, "mono"), (2, "laser"), (5, "mono"), (27, "laser")], ["usual", "hostile"]
    )
]


@pytest.mark.parametrize(("paper", "language", "count", "kind", "profile"), MATRIX)
def test_nothing_collides_and_nothing_leaves_the_margins(paper, language, count, kind, profile):
    parts = samples.many_parts(count)
    usual = sample(language, parts=parts)
    slip = usual if kind == "usual" else samples.hostile(parts=(*samples.HOSTILE.parts[:2], *parts))
    drawn = draw_slip(slip, paper, language, profile)
    assert collisions(drawn) == []
    assert outside(drawn, paper) == []


def test_the_shortest_slip_collides_with_nothing():
    for paper, language in itertools.product(PAPERS, LANGUAGES):
        drawn = draw_slip(samples.SHORTEST, paper, language)
        assert collisions(drawn) == []
        assert outside(drawn, paper) == []
        assert len(texts(drawn.pdf)) == 1


# ----------------------------------------------------------------------- pages


@pytest.mark.parametrize(("paper", "count", "pages"), [("A4", 0, 1), ("A4", 2, 1), ("A4", 27, 2), ("A5", 2, 1), ("A5", 27, 2)])  # fmt: skip
def test_long_tables_go_over_pages_with_the_running_amount(paper: str, count: int, pages: int):
    slip = samples.chinese(parts=samples.many_parts(count))
    printed = texts(render_slip(slip, paper))
    assert len(printed) == pages
    for number, page in enumerate(printed, 1):
        assert f"第 {number} 页 共 {pages} 页" in page
        assert slip.number in page
        assert ("客户回执" in page) == (number == pages)
    if pages == 2:
        assert "小计 · 续下页" in printed[0]
        carried = re.search(r"承前页\s*([\d,.]+)", printed[1])
        assert carried
        assert carried.group(1) in printed[0]
        assert f"{slip.parts_total:,.2f}" in printed[1]


@pytest.mark.parametrize(
    ("paper", "language"), [("A4", "zh_CN"), ("A4", "en"), ("A5", "zh_CN"), ("A5", "en")]
)
def test_whatever_the_number_of_parts_each_is_printed_once_and_none_stands_alone(paper: str, language: str):
    for count in range(0, 45, 3 if language == "en" else 2):
        slip = sample(
            language,
            parts=tuple(
                Part(part_no=f"N{n:03d}", description="件", unit_price=Decimal(1)) for n in range(count)
            ),
        )
        drawn = draw_slip(slip, paper, language)
        rows = [mark for mark in drawn.marks if re.fullmatch(r"N\d{3}", mark.text)]
        assert [mark.text for mark in rows] == [f"N{n:03d}" for n in range(count)]
        last = max(mark.page for mark in drawn.marks)
        on_page = [sum(mark.page == page for mark in rows) for page in range(1, last + 1)]
        if count >= 4:
            assert 1 not in on_page
        if last > 1 and count:
            assert on_page[-1] >= 1


def test_a_tight_page_gives_up_blank_rows_before_anything_else():
    def blanks(count: int) -> tuple[int, int, int]:
        drawn = draw_slip(samples.chinese(parts=samples.many_parts(count)), "A4")
        olds = [mark for mark in drawn.marks if mark.kind == "box" and 130.5 < mark.x0 < 131.5]
        past = sum(
            mark.text.startswith("WX-202") and mark.text != "WX-20261122-00417" for mark in drawn.marks
        )
        return len(olds) - count, past, max(mark.page for mark in drawn.marks)

    seen = [blanks(count) for count in range(1, 8)]
    assert seen[0][0] == 2
    one_page = [each for each in seen if each[2] == 1]
    assert [each[0] for each in one_page] == sorted((each[0] for each in one_page), reverse=True)


# ----------------------------------------------------------------------- codes


@pytest.mark.skipif(pyzbar is None, reason="libzbar0 is not installed")
@pytest.mark.parametrize(("paper", "language"), SIX)
def test_all_codes_are_read_at_300_203_200_and_180_dpi(paper: str, language: str):
    slip = sample(language)
    pdf = render_slip(slip, paper, language, "mono")
    wanted = {slip.number.replace("-", ""), slip.engineer_url, slip.customer_url}
    for dpi, one_bit in ((300, False), (203, True), (200, True), (180, True)):
        read = {
            code.data.decode() for image in pictures(pdf, dpi, one_bit) for code in pyzbar.decode(image)
        }  # fmt: skip
        assert read == wanted, f"{dpi} dpi"


@pytest.mark.parametrize("paper", PAPERS)
def test_opencv_reads_the_qr_codes_too(paper: str):
    slip = samples.chinese()
    drawn = draw_slip(slip, paper, "zh_CN", "mono")
    image = np.array(pictures(drawn.pdf, 200, one_bit=True)[-1])
    found = set()
    for mark in drawn.marks:
        if mark.kind == "code" and mark.text.startswith("http"):
            x0, y0, x1, y1 = (int(side * 200 / 25.4) for side in (mark.x0, mark.y0, mark.x1, mark.y1))
            crop = np.pad(image[y0:y1, max(0, x0) : x1], 12, constant_values=255)
            found.add(cv2.QRCodeDetector().detectAndDecode(crop)[0])
    assert found == {slip.engineer_url, slip.customer_url}


def test_worn_qr_codes_are_still_read():
    """Turned, blurred, pale and noisy, as after a day in a pocket: at most one of twelve is lost."""
    slip = samples.chinese()
    drawn = draw_slip(slip, "A5", "zh_CN", "mono")
    image = np.array(pictures(drawn.pdf, 300, one_bit=False)[0])
    rng = np.random.default_rng(7)
    lost = 0
    for mark in (mark for mark in drawn.marks if mark.text.startswith("http")):
        x0, y0, x1, y1 = (int(side * 300 / 25.4) for side in (mark.x0, mark.y0, mark.x1, mark.y1))
        crop = np.pad(image[y0:y1, x0:x1], 40, constant_values=255)
        middle = (crop.shape[1] / 2, crop.shape[0] / 2)
        for angle, blur in itertools.product((3, 8, 15), (1.2, 1.6)):
            turned = cv2.warpAffine(
                crop, cv2.getRotationMatrix2D(middle, angle, 1.0), crop.shape[::-1], borderValue=255
            )
            pale = cv2.GaussianBlur(turned, (0, 0), blur) * 0.6 + 255 * 0.3 + rng.normal(0, 10, crop.shape)
            lost += not cv2.QRCodeDetector().detectAndDecode(np.clip(pale, 0, 255).astype(np.uint8))[0]
    assert lost <= 1


@pytest.mark.parametrize("paper", PAPERS)
def test_modules_are_wide_enough_for_cheap_printers(paper: str):
    drawn = draw_slip(samples.chinese(), paper)
    least = {"A4": 0.25, "A5": 0.29, "80mm": 0.42}[paper]
    for mark in drawn.marks:
        if mark.kind == "code" and mark.text.startswith("WX"):
            assert (mark.x1 - mark.x0) / 165 >= least
            assert mark.y1 - mark.y0 >= 7
        elif mark.kind == "code":
            assert (mark.x1 - mark.x0) / 37 >= 0.62


# ------------------------------------------------------------------- anything


ANY_TEXT = st.text(max_size=120) | st.text("长（），。 aW-/é0\n", max_size=300)
AMOUNT = st.none() | st.decimals(0, 10**9, places=2)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    facts=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("company", "hotline", "company_address", "taken_by", "engineer", "customer", "address", "note", "product", "model", "serial", "bought_at", "complaint", "fault_code", "bring"), ANY_TEXT),
    ),
    parts=st.lists(st.builds(Part, part_no=ANY_TEXT, description=ANY_TEXT, quantity=st.integers(1, 999), unit_price=AMOUNT), max_size=9),
    labour=AMOUNT,
    paper=st.sampled_from(PAPERS),
    language=st.sampled_from(LANGUAGES),
)  # fmt: skip
def test_any_data_gives_a_page_without_collisions(facts, parts, labour, paper, language):
    drawn = draw_slip(samples.chinese(**facts, parts=tuple(parts), labour=labour), paper, language)
    assert collisions(drawn) == []
    assert outside(drawn, paper) == []


def test_another_paper_is_refused():
    with pytest.raises(ValueError, match="A3"):
        render_slip(samples.SHORTEST, "A3")


def test_a_page_in_a_picture_is_not_empty():
    image = pictures(render_slip(samples.chinese(), "A5"), 72, one_bit=False)[0]
    out = io.BytesIO()
    image.save(out, "PNG")
    assert 0.02 < (np.array(image) < 128).mean() < 0.3
