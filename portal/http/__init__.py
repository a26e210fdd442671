"""The tools of the edge: guard, render, refusals as pages and JSON."""
