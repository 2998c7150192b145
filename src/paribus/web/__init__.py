"""The lab page, `paribus serve`: it calls the workflows and shows what they give; it computes no statistic."""
