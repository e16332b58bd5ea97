"""A benchmark's figures on the screen: one line each, with its spread and its goal."""

from .goals import goal_of

_HEADER = ("case", "metric", "median", "unit", "min", "max", "runs", "must", "aim", "")
_LEFT = (0, 1, 3, 9)
_VERDICTS = {"aim": "aim reached", "must": "must reached", "missed": "MISSED"}


def show(title, rows, out):
    """Prints the rows of one benchmark; skipped ones by reason."""
    lines = [_HEADER, *(_cells(row) for row in rows if row.figure is not None)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADER))]
    print(f"\n{title}", file=out)
    for line in lines if len(lines) > 1 else []:
        print("  ".join(_pad(cell, widths[column], column)
                        for column, cell in enumerate(line)).rstrip(), file=out)
    for remark in _skipped(rows):
        print(remark, file=out)
    out.flush()


def number(value):
    """Three significant digits, without an exponent."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 3
    return f"{value:.{digits}g}" if abs(value) >= 0.0001 else f"{value:.6f}"


def _cells(row):
    figure, goal = row.figure, goal_of(row)
    goals = ("", "", "") if goal is None else (
        number(goal.must), number(goal.aim), _VERDICTS[goal.judge(figure.value)])
    return (row.case, row.metric, number(figure.value), "" if row.unit == "1" else row.unit,
            number(figure.min), number(figure.max), str(figure.runs), *goals)


def _pad(cell, width, column):
    return cell.ljust(width) if column in _LEFT else cell.rjust(width)


def _skipped(rows):
    """One remark per reason, with the cases it took; with their metrics where it took only some."""
    of_case, of_reason = {}, {}
    for row in rows:
        of_case.setdefault(row.case, []).append(row.metric)
        if row.figure is None:
            of_reason.setdefault(row.skipped, {}).setdefault(row.case, []).append(row.metric)
    return [f"skipped: {reason}\n  " + ", ".join(
        case if metrics == of_case[case] else f"{case} ({' '.join(metrics)})"
        for case, metrics in cases.items()) for reason, cases in of_reason.items()]
