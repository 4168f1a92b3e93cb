"""The measures of the sheet slips, millimetres and points: A4 and A5."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One page size. `…_at`: baselines below the top margin; columns: from the left edge."""

    width: float
    height: float
    left: float  # holes
    right_margin: float
    top: float
    bottom: float
    body: float
    small: float
    label: float
    note: float
    title: float
    company: float
    when: float
    who: float
    total: float
    logo: float
    company_at: float
    hotline_at: float
    address_at: float
    title_at: float
    taken_at: float
    dispatched_at: float
    tag_at: float
    bar_at: float
    bar_ink: float
    bar_height: float
    qr_ink: float
    code_gap: float
    strip_at: float
    strip: float
    headings: bool
    row: float  # single rows
    leading: float  # wrapped lines
    small_leading: float
    over_rule: float  # last baseline to a rule
    under_rule: float  # a rule to the next baseline
    label_gap: float
    box: float
    step_columns: int
    step_row: float
    head_row: float
    table_row: float
    blank_row: float
    columns: tuple[float, float, float, float, float, float]  # no., part no., text, old part, quantity, price
    choice_row: float
    sum_row: float
    sums: float  # width of the sums
    sign_least: float
    sign_most: float
    tear: float  # cut line above the bottom margin
    tear_logo: float
    tear_qr: float
    tear_row: float
    tear_lines: float  # from the left edge to the writing labels

    @property
    def right(self) -> float:
        return self.width - self.right_margin

    @property
    def cut(self) -> float:
        return self.height - self.bottom - self.tear


A4 = Look(
    width=210, height=297, left=20, right_margin=12, top=11, bottom=11,
    body=9.5, small=8, label=8, note=7, title=20.5, company=12.5, when=14, who=12, total=12.5,
    logo=13, company_at=4.6, hotline_at=9.0, address_at=12.6, title_at=24.5, taken_at=29.0, dispatched_at=32.5,
    tag_at=4.6, bar_at=17.4, bar_ink=51, bar_height=8.9, qr_ink=21, code_gap=7.7,
    strip_at=35, strip=13, headings=True, row=5.7, leading=4.7, small_leading=4.1, over_rule=3.1, under_rule=6.0,
    label_gap=3.0, box=2.9, step_columns=3, step_row=5.9, head_row=5.5, table_row=6.0, blank_row=7.4,
    columns=(3.9, 9.1, 43.2, 112.4, 130.6, 152.7), choice_row=6.7, sum_row=5.1, sums=53.5,
    sign_least=9.4, sign_most=20, tear=40, tear_logo=8.2, tear_qr=19.5, tear_row=5.7, tear_lines=78.6,
)  # fmt: skip

A5 = Look(
    width=148, height=210, left=14, right_margin=8, top=7.5, bottom=6,
    body=8, small=7, label=7, note=7, title=16, company=10.5, when=11.5, who=10, total=11,
    logo=9.5, company_at=3.1, hotline_at=6.5, address_at=9.2, title_at=17.7, taken_at=21.5, dispatched_at=24.4,
    tag_at=3.1, bar_at=12.3, bar_ink=45.5, bar_height=7.0, qr_ink=19.2, code_gap=7.1,
    strip_at=27.6, strip=9.4, headings=False, row=4.4, leading=3.9, small_leading=3.5, over_rule=2.1, under_rule=4.1,
    label_gap=2.2, box=2.5, step_columns=2, step_row=4.6, head_row=4.4, table_row=4.6, blank_row=5.6,
    columns=(2.9, 7.1, 34.1, 77.2, 90.6, 106.6), choice_row=5.1, sum_row=4.0, sums=41.7,
    sign_least=9.4, sign_most=20, tear=28.5, tear_logo=7.0, tear_qr=18.2, tear_row=4.35, tear_lines=53.6,
)  # fmt: skip
