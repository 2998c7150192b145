"""Why a recipe does not train: rules that find symptoms, interventions, the search that tests them, its words."""
