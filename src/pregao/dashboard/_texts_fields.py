"""Labels and help of the fields of an experiment and of what is asked beside it."""

from pregao.values import Text, bilingual

FIELDS: dict[str, tuple[Text, Text]] = {
    "symbols": (
        bilingual("Symbols"),
        bilingual("Tickers, with commas between them. Several are pooled into one network."),
    ),
    "source": (
        bilingual("Source of prices"),
        bilingual(
            "live asks the providers in turn, store reads what was fetched before, sample is bundled."
        ),
    ),
    "start": (
        bilingual("First session"),
        bilingual("Nothing before it is used. Empty: from the beginning."),
    ),
    "end": (bilingual("Last session"), bilingual("Nothing after it is used. Empty: until today.")),
    "features": (bilingual("Features"), bilingual("What the network reads of each session.")),
    "lookback": (bilingual("Lookback"), bilingual("Sessions that a forecast looks back on.")),
    "horizon": (bilingual("Horizon"), bilingual("Sessions ahead that are forecast.")),
    "split.train_last": (
        bilingual("Last day of training"),
        bilingual("A date in place of the share; with it goes the last day of validation."),
    ),
    "split.validation_last": (
        bilingual("Last day of validation"),
        bilingual("What comes after it is the test part."),
    ),
    "split.train_fraction": (
        bilingual("Share for training"),
        bilingual("Of the sessions, the oldest first. Not used where dates are given."),
    ),
    "split.validation_fraction": (
        bilingual("Share for validation"),
        bilingual("The rest is the test part, which is not used in any choice."),
    ),
    "split.purge_sessions": (
        bilingual("Sessions left out"),
        bilingual("Between the parts, so that none sees another's targets. Empty: the horizon."),
    ),
    "scaling": (
        bilingual("Scaling"),
        bilingual("Of the features; it is fitted on the training part alone."),
    ),
    "target": (
        bilingual("Target"),
        bilingual(
            "scaled_return starts at the naive forecast; simple_return and close are single points."
        ),
    ),
    "steps": (
        bilingual("Steps"),
        bilingual("Forecast each session of the horizon, or the last one alone."),
    ),
    "network": (
        bilingual("Network"),
        bilingual("By its category; in brackets how many parameters it has by default."),
    ),
    "loss": (
        bilingual("Loss"),
        bilingual(
            "pinball learns whole ranges; mse, mae and huber a point with a range around it."
        ),
    ),
    "actions": (
        bilingual("Learn actions too"),
        bilingual("A second task of the same network: buy, sell or hold."),
    ),
    "actions.labels": (
        bilingual("Labels"),
        bilingual("forward: from what came after; rule: from the indicators."),
    ),
    "actions.cost": (
        bilingual("Cost of a round trip"),
        bilingual("As a share of the price; a move has to pay for it."),
    ),
    "actions.threshold_sigmas": (
        bilingual("Threshold"),
        bilingual("In sigmas: smaller moves are a hold."),
    ),
    "actions.focus": (
        bilingual("Focus"),
        bilingual("Gamma of the focal loss; 0 is cross-entropy."),
    ),
    "actions.class_weights": (
        bilingual("Weights of the actions"),
        bilingual("balanced lets rare actions count as much as frequent ones."),
    ),
    "actions.sampler": (
        bilingual("Sampling"),
        bilingual("balanced draws windows of each action equally often."),
    ),
    "actions.weight": (
        bilingual("Weight of the actions' loss"),
        bilingual("In the sum that is trained."),
    ),
    "actions.price_weight": (
        bilingual("Weight of the price's loss"),
        bilingual("In the sum that is trained."),
    ),
    "optimiser": (
        bilingual("Optimiser"),
        bilingual("adamw keeps weight decay apart from the gradient."),
    ),
    "learning_rate": (bilingual("Learning rate"), bilingual("How far a step goes.")),
    "weight_decay": (
        bilingual("Weight decay"),
        bilingual("How strongly weights are drawn to zero: to the naive forecast."),
    ),
    "epochs": (
        bilingual("Epochs"),
        bilingual("At most; training stops earlier where nothing is gained."),
    ),
    "patience": (
        bilingual("Patience"),
        bilingual("Epochs without a better one before training stops."),
    ),
    "min_delta": (
        bilingual("Least gain"),
        bilingual("What an epoch must gain for patience to begin anew."),
    ),
    "plateau_patience": (
        bilingual("Patience of the rate"),
        bilingual("Epochs without a better one before the learning rate is halved."),
    ),
    "batch_size": (bilingual("Batch size"), bilingual("Windows of one step.")),
    "dropout": (
        bilingual("Dropout"),
        bilingual("Share of the units that are left out at each step."),
    ),
    "activation": (bilingual("Activation"), bilingual("Of the dense layers.")),
    "averaging": (
        bilingual("Averaging of weights"),
        bilingual("Decay of the moving average that is kept; 0 is none."),
    ),
    "clip_norm": (
        bilingual("Largest gradient"),
        bilingual("Norm at which gradients are cut; 0 is any."),
    ),
    "seed": (
        bilingual("Seed"),
        bilingual("The same seed gives the same network, to the last bit."),
    ),
    "members": (
        bilingual("Members"),
        bilingual("Networks of following seeds that are averaged into one."),
    ),
    "combination": (
        bilingual("Combination"),
        bilingual("Weights of an ensemble: alike, by validation, or stacked."),
    ),
    "strategy": (
        bilingual("Strategy"),
        bilingual(
            "grid tries every combination, random draws some, bayesian learns from earlier trials."
        ),
    ),
    "trials": (
        bilingual("Trials of each network"),
        bilingual("Empty: twenty; for a grid all combinations."),
    ),
    "pruning": (
        bilingual("Stop bad trials early"),
        bilingual("Saves time; stopped trials are not chosen."),
    ),
    "budget_seconds": (
        bilingual("Budget, seconds"),
        bilingual("After it no trial begins. Empty: no limit."),
    ),
    "ensemble": (
        bilingual("Ensemble of the best"),
        bilingual(
            "How many networks are averaged and ranked beside the others; fewer than two is none."
        ),
    ),
    "folds": (
        bilingual("Folds"),
        bilingual("Stretches of the test part, each with a fresh fit. 0: one fit. Empty: five."),
    ),
    "allow_findings": (
        bilingual("Train on quarantined prices"),
        bilingual("Where something is wrong with the prices, training is refused otherwise."),
    ),
    "promote": (
        bilingual("Put into service afterwards"),
        bilingual(
            "The result answers forecasts of its symbols, by the best baseline if it has no edge."
        ),
    ),
}
"""Label and help by the place of the field; a test holds this to the schemas."""
