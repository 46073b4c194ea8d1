"""The report of a demo: one page that stands on its own, made from the case file.

`write_report` in `simulation.demo.report.page` writes it. The other modules prepare what the templates show:
`letterbox` reads what was sent, `story` tells what happened and why, `drawing` places it on a line, `portfolio` adds
it up.
"""
