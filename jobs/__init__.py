"""Jobs for spark-submit: the same calls as the command's verbs, one file per schedule, wiring only."""
