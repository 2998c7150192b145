"""Floor 7: the lab page, `paribus serve`. It calls the api and shows what that gives; it computes no statistic."""
