"""Texts of a symbol's page by key."""

from pregao.values import Text

SYMBOL: dict[str, Text] = {
    "symbol_lead": Text(
        en="Last price {price} on {day}; the next {count} sessions.",
        pt_br="Último preço {price} em {day}; os próximos {count} pregões.",
    ),
    "symbol_late": Text(
        en="{count} sessions have been held since: the forecast starts from old prices.",
        pt_br="Houve {count} pregões desde então: a previsão parte de preços antigos.",
    ),
    "symbol_watch": Text(en="Watch", pt_br="Acompanhar"),
    "symbol_unwatch": Text(en="Stop watching", pt_br="Deixar de acompanhar"),
    "symbol_refresh": Text(en="Ask for newer prices", pt_br="Pedir preços mais novos"),
    "symbol_train": Text(en="Train on it", pt_br="Treinar com ele"),
    "symbol_forecast": Text(en="Forecast", pt_br="Previsão"),
    "symbol_fan_note": Text(
        en="The shaded ranges hold the future close with the stated probability; the line within them is the median. The dotted line repeats the last price: the naive forecast.",
        pt_br="As faixas contêm o fechamento futuro com a probabilidade indicada; a linha dentro delas é a mediana. A linha pontilhada repete o último preço: a previsão ingênua.",
    ),
    "symbol_by_run": Text(
        en="{name} forecasts, champion since {day}.",
        pt_br="Quem prevê é {name}, campeão desde {day}.",
    ),
    "symbol_by_baseline": Text(
        en="{name} forecasts, a baseline fitted on the spot: nothing has been trained for this symbol and horizon.",
        pt_br="Quem prevê é {name}, uma referência ajustada na hora: nada foi treinado para este ativo e horizonte.",
    ),
    "symbol_trouble": Text(
        en="The champion could not be loaded, somebody sits in for it: {reason}",
        pt_br="O campeão não pôde ser carregado, alguém o substitui: {reason}",
    ),
    "symbol_quantiles_in": Text(en="Quantiles, {currency}", pt_br="Quantis, {currency}"),
    "symbol_quantiles": Text(en="Quantiles", pt_br="Quantis"),
    "symbol_session": Text(en="Session", pt_br="Pregão"),
    "symbol_median": Text(en="Median", pt_br="Mediana"),
    "symbol_actions": Text(en="Buy, sell or hold", pt_br="Comprar, vender ou manter"),
    "symbol_actions_learnt": Text(
        en="Probabilities of a head that was taught these actions, calibrated.",
        pt_br="Probabilidades de uma saída treinada com estas ações, calibradas.",
    ),
    "symbol_actions_implied": Text(
        en="Probabilities that follow from the ranges, calibrated.",
        pt_br="Probabilidades que decorrem das faixas, calibradas.",
    ),
    "symbol_actions_threshold": Text(
        en="One acts from these probabilities on, chosen on validation for a round trip of {cost}:",
        pt_br="Age-se a partir destas probabilidades, escolhidas na validação para uma operação completa de {cost}:",
    ),
    "symbol_never": Text(en="never", pt_br="nunca"),
    "symbol_decided": Text(en="Decision", pt_br="Decisão"),
    "symbol_probability": Text(en="Probability", pt_br="Probabilidade"),
    "symbol_threshold": Text(en="Threshold", pt_br="Limiar"),
    "symbol_action": Text(en="Action", pt_br="Ação"),
    "symbol_buy": Text(en="buy", pt_br="comprar"),
    "symbol_sell": Text(en="sell", pt_br="vender"),
    "symbol_hold": Text(en="hold", pt_br="manter"),
    "symbol_no_trade": Text(
        en="On validation no threshold paid for its costs: to hold is the decision whatever the probabilities.",
        pt_br="Na validação nenhum limiar pagou seus custos: a decisão é manter, quaisquer que sejam as probabilidades.",
    ),
    "symbol_history": Text(en="Prices", pt_br="Preços"),
    "symbol_history_note": Text(
        en="Closes as quoted, volume below.", pt_br="Fechamentos como cotados, volume abaixo."
    ),
    "symbol_years": Text(en="How much of it", pt_br="Quanto mostrar"),
    "symbol_years_1": Text(en="1 year", pt_br="1 ano"),
    "symbol_years_2": Text(en="2 years", pt_br="2 anos"),
    "symbol_years_5": Text(en="5 years", pt_br="5 anos"),
    "symbol_years_all": Text(en="all", pt_br="tudo"),
    "symbol_past": Text(
        en="Past forecasts against what happened", pt_br="Previsões passadas e o que aconteceu"
    ),
    "symbol_past_note": Text(
        en="Each range was made {step} sessions before its session, by who forecasts now, on sessions that neither training nor validation saw.",
        pt_br="Cada faixa foi feita {step} pregões antes do seu pregão, por quem prevê agora, em pregões que nem o treino nem a validação viram.",
    ),
    "symbol_past_none": Text(
        en="No session has come since training: nothing to compare yet.",
        pt_br="Nenhum pregão ocorreu desde o treino: ainda não há o que comparar.",
    ),
    "symbol_past_count": Text(en="Sessions compared", pt_br="Pregões comparados"),
    "symbol_past_coverage": Text(en="Inside the 90 % range", pt_br="Dentro da faixa de 90 %"),
    "symbol_past_right": Text(en="90 % is right", pt_br="90 % é o certo"),
    "symbol_past_error": Text(en="Error against naive", pt_br="Erro frente à ingênua"),
    "symbol_past_error_note": Text(en="1 is the last price's", pt_br="1 é o do último preço"),
    "symbol_calibration": Text(en="Calibration", pt_br="Calibração"),
    "symbol_calibration_note": Text(
        en="On the test part: how much of what came lay below each level, less what was promised; then how often ranges held in hard times.",
        pt_br="Na parte de teste: quanto do que veio ficou abaixo de cada nível, menos o prometido; depois, quanto as faixas seguraram em tempos difíceis.",
    ),
    "symbol_explanation": Text(en="What mattered", pt_br="O que pesou"),
    "symbol_explanation_lead": Text(
        en="Which features and which sessions moved the forecast away from that of an average input. It takes some seconds.",
        pt_br="Quais atributos e quais pregões afastaram a previsão da de uma entrada média. Leva alguns segundos.",
    ),
    "symbol_explain": Text(en="Explain this forecast", pt_br="Explicar esta previsão"),
    "symbol_explanation_none": Text(
        en="The baseline that answers reads past returns alone; there is no network to explain. Train one first.",
        pt_br="A referência que responde lê só retornos passados; não há rede a explicar. Treine uma antes.",
    ),
    "symbol_simulator": Text(en="Simulator", pt_br="Simulador"),
    "symbol_simulator_lead": Text(
        en="The same forecast from prices of your own: fill in the last year, edit what you like, or upload a file. Nothing of it is kept.",
        pt_br="A mesma previsão a partir dos seus preços: preencha com o último ano, edite à vontade ou envie um arquivo. Nada disso é guardado.",
    ),
    "symbol_champion": Text(en="Champion", pt_br="Campeão"),
    "symbol_champion_run": Text(en="Run", pt_br="Execução"),
    "symbol_champion_version": Text(en="Version", pt_br="Versão"),
    "symbol_champion_since": Text(en="Since", pt_br="Desde"),
    "symbol_trail": Text(en="Who served when", pt_br="Quem serviu quando"),
    "symbol_trail_promote": Text(en="promoted", pt_br="promovido"),
    "symbol_trail_rollback": Text(en="rolled back", pt_br="revertido"),
    "symbol_certificate": Text(en="Data certificate", pt_br="Certificado dos dados"),
    "symbol_source": Text(en="Source", pt_br="Fonte"),
    "symbol_first": Text(en="First session", pt_br="Primeiro pregão"),
    "symbol_last": Text(en="Last session", pt_br="Último pregão"),
    "symbol_count": Text(en="Sessions", pt_br="Pregões"),
    "symbol_digest": Text(en="Digest", pt_br="Resumo (digest)"),
    "symbol_quarantined": Text(en="quarantined", pt_br="em quarentena"),
    "symbol_sound": Text(en="sound", pt_br="em ordem"),
    "symbol_no_findings": Text(
        en="Nothing is wrong with these prices.", pt_br="Nada de errado com estes preços."
    ),
    "symbol_forecast_findings": Text(en="About this forecast", pt_br="Sobre esta previsão"),
}
