"""One SVG per table: a panel for each unit, a bar for each figure, whiskers from min to max."""

import pathlib

from .goals import goal_of

_BAR_INCHES = 0.28
_WIDTH_INCHES = 9
_FRAME_INCHES = 1.1


def draw(folder, bench, rows, subtitle):
    """Writes `folder`/BENCH.svg and returns its path; None when there is nothing to draw."""
    panels = _panels([row for row in rows if row.figure is not None])
    if not panels:
        return None
    # Late, because it takes a second and draws a cache folder; quick looks need neither.
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot

    heights = [len(panel) * _BAR_INCHES + _FRAME_INCHES for panel in panels.values()]
    figure, axes = pyplot.subplots(
        len(panels), 1, figsize=(_WIDTH_INCHES, sum(heights) + 0.6), squeeze=False,
        gridspec_kw={"height_ratios": heights}, layout="constrained")
    figure.suptitle(f"{bench.NAME}: {bench.TITLE}\n{subtitle}", fontsize=9)
    for (unit, panel), (axis,) in zip(panels.items(), axes):
        _draw_panel(axis, panel, unit)
    path = pathlib.Path(folder) / f"{bench.NAME}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return path


def _panels(rows):
    """Rows by unit, what has none by its kind; where all is zero there is nothing to see."""
    panels = {}
    for row in rows:
        panels.setdefault(row.unit if row.unit != "1" else _kind(row.metric), []).append(row)
    return {label: panel for label, panel in panels.items()
            if any(row.figure.max for row in panel)}


def _kind(metric):
    last = metric.rpartition("_")[2]
    return last if last in ("ratio", "share") else metric


def _draw_panel(axis, rows, label):
    places = range(len(rows))
    figures = [row.figure for row in rows]
    axis.barh(places, [figure.value for figure in figures], height=0.6, color="#4878a8",
              xerr=[[figure.value - figure.min for figure in figures],
                    [figure.max - figure.value for figure in figures]],
              error_kw={"ecolor": "#303030", "capsize": 2, "linewidth": 0.8})
    axis.set_yticks(places, [f"{row.case}  {row.metric}" for row in rows], fontsize=7)
    axis.invert_yaxis()
    axis.set_xlabel(label, fontsize=8)
    axis.tick_params(axis="x", labelsize=7)
    for place, row in zip(places, rows):
        goal = goal_of(row)
        for bound, color in () if goal is None else ((goal.must, "#c03030"), (goal.aim, "#309030")):
            axis.plot([bound, bound], [place - 0.42, place + 0.42], color=color, linewidth=1.6)
