"""What a loop of edits is told in: a try's answer, what a start shows, the rules for who edits."""
