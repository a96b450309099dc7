"""The words of the trading simulation's figure, in both languages."""

from pregao.texts import N_, translations

TEXTS_TRADING = translations(
    {
        "account_caption": N_("{symbols}: {capital}, {first} .. {last}"),
        "plus_minus": N_("\N{PLUS-MINUS SIGN} {error}"),
        "account": N_("Simulated result"),
        "account_after_costs": N_("{gained} after costs; buying and holding {held}"),
        "after_costs": N_("After costs"),
        "after_tax": N_("strategy after tax"),
        "before_costs": N_("Before costs"),
        "buy_and_hold": N_("buy and hold"),
        "cash": N_("cash"),
        "deflated": N_("Deflated Sharpe"),
        "deflated_note": N_(
            "The deflated Sharpe is the probability that the Sharpe ratio is above what "
            "chance gives the best of all trials counted, here {count}: 95 % is the usual "
            "demand."
        ),
        "drawdown": N_("below the peak"),
        "drawdown_deepest": N_("Deepest fall"),
        "equity": N_("equity after costs"),
        "exposure": N_("Exposure"),
        "idle": N_("Nothing was traded: the account stayed in cash, without costs."),
        "idle_short": N_("abstains, nothing was traded; buying and holding {held}"),
        "long": N_("long"),
        "position": N_("position"),
        "sharpe": N_("Sharpe"),
        "short": N_("short"),
        "strategy": N_("strategy"),
        "taxed": N_("After tax"),
        "trades": N_("Trades"),
        "trading": N_("Simulated trading"),
        "trading_figure_note": N_(
            "The band in the middle is the position as a share of the equity. "
            "Where tax was asked for, the dotted line is what it leaves."
        ),
        "trading_note": N_(
            "All accounts begin with the same capital in the same market. What is decided "
            "after a close is executed at the next open; fees, slippage and borrowed shares "
            "are paid. Dividends are reinvested gross. "
            "Costs and tax rules are presets for you to verify."
        ),
        "withheld": N_(
            "What is withheld from payouts is left out: on {day}, {jcp} of JCP (interest on "
            "equity)."
        ),
        "withheld_with_dividends": N_(
            "What is withheld from payouts is left out: on {day}, {jcp} of JCP (interest on "
            "equity), and {dividend} of dividends where a company pays a person more than {free} "
            "in a month."
        ),
        "volatility": N_("Volatility a year"),
    }
)
