"""What people read where a verdict is proven: folds, tests, and what they ask."""

from pregao.presentation._texts import Language

_EN: dict[str, str] = {
    "all_folds": "all",
    "ask_dm": "Would a forecast that is no better than {rival} look this good by luck?",
    "ask_interval": "How much of the CRPS of {rival} does it really save?",
    "ask_ledger": "How often were these test sessions looked at, and for how many forecasters?",
    "ask_set": "May it be the best of all {count} forecasters?",
    "ask_spa": "Does any candidate beat {rival}, the luck of the many counted in? "
    "(promotion does not ask)",
    "beside": "{name}: {value}",
    "both_crps": "CRPS {own}; {rival}: {other}",
    "candidate_is": "candidate: {name}",
    "crps_of": "CRPS {name}",
    "fit_once": "Everything here was fitted once, before the test part. {command} fits it anew "
    "before each stretch of the test part, and says whether the result holds.",
    "fold": "fold",
    "folds_note": "Each row is fitted anew and tested on sessions that it has not seen; the thin "
    "marks are the purge, which keeps targets inside their part. On the right, what {name} saves "
    "of the CRPS of {rival} in each fold: hollow where {rival} won. The band is the 95 % interval "
    "of all folds together, the dotted line their skill.",
    "folds_table": "Test CRPS fold by fold: lower is better. {won} of {count} folds won.",
    "folds_won": "Folds won",
    "found": "Found",
    "in_set": "it may be",
    "interval": "95 %: {low} to {high}",
    "ledger_found": "openings: {openings}; tried: {trials}",
    "luck_likely": "luck may do it",
    "luck_unlikely": "luck hardly does it",
    "more_tried": "the more are tried, the better the luckiest looks",
    "none_better": "none surely",
    "not_in_set": "another is better",
    "not_walked": "fitted once: 'pregao evaluate RUN' proves it over several folds",
    "of": "{won} of {count}",
    "openings": "openings of the test part: {count}",
    "others_won": "{name} won {count}",
    "part_test": "test",
    "part_train": "train",
    "part_validation": "validation",
    "proof": "Is it real?",
    "purge": "purge: {count} sessions",
    "question": "What it asks",
    "says": "Answer",
    "served_by": "Forecasts by",
    "single_fit_note": "From here on scores are of the fit that is served, made once before the "
    "test part; those above are of refits before each fold, on the same test windows.",
    "skill_axis": "skill, %",
    "some_better": "one does",
    "test": "Test",
    "test_dm": "Diebold-Mariano, by date, against {rival}",
    "test_dm_short": "DM",
    "test_interval": "Block bootstrap, by date",
    "test_ledger": "Ledger of trials",
    "test_set": "Model Confidence Set",
    "test_set_short": "confidence set",
    "test_spa": "Superior predictive ability",
    "test_spa_short": "SPA",
    "tests": "Tests",
    "tests_title": "What the tests say",
    "too_few": "too few sessions to say",
    "walk": "Walk-forward",
    "walk_expanding": "Walk-forward over {count} folds: everything is fitted anew before each, on "
    "all sessions before its validation part.",
    "walk_rolling": "Walk-forward over {count} folds: everything is fitted anew before each, on "
    "the last {sessions} sessions before its validation part.",
    "zero_inside": "it may be nothing",
    "zero_left": "more than nothing",
    "zero_right": "less than nothing",
}

_PT: dict[str, str] = {
    "all_folds": "todas",
    "ask_dm": "Uma previsão que não é melhor que {rival} pareceria tão boa por sorte?",
    "ask_interval": "Quanto do CRPS de {rival} ela poupa de verdade?",
    "ask_ledger": "Quantas vezes estes pregões de teste foram olhados, e por quantas previsões?",
    "ask_set": "Ela pode ser a melhor de todas as {count} previsões?",
    "ask_spa": "Alguma candidata vence {rival}, contada a sorte de serem muitas? (a promoção não "
    "pergunta)",
    "beside": "{name}: {value}",
    "both_crps": "CRPS {own}; {rival}: {other}",
    "candidate_is": "candidata: {name}",
    "crps_of": "CRPS {name}",
    "fit_once": "Aqui tudo foi ajustado uma só vez, antes da parte de teste. {command} ajusta de "
    "novo antes de cada trecho da parte de teste, e diz se o resultado se mantém.",
    "fold": "dobra",
    "folds_note": "Cada linha é ajustada de novo e testada em pregões que não viu; as marcas finas "
    "são o expurgo, que mantém os alvos dentro da sua parte. À direita, o que {name} poupa do CRPS "
    "de {rival} em cada dobra: vazado onde {rival} venceu. A faixa é o intervalo de 95 % de todas "
    "as dobras juntas, a linha pontilhada o ganho delas.",
    "folds_table": "CRPS de teste, dobra a dobra: menor é melhor. {won} de {count} dobras "
    "vencidas.",
    "folds_won": "Dobras vencidas",
    "found": "Resultado",
    "in_set": "pode ser",
    "interval": "95 %: {low} a {high}",
    "ledger_found": "aberturas: {openings}; tentadas: {trials}",
    "luck_likely": "a sorte pode explicar",
    "luck_unlikely": "a sorte dificilmente explica",
    "more_tried": "quanto mais se tenta, melhor parece a mais sortuda",
    "none_better": "nenhuma com certeza",
    "not_in_set": "outra é melhor",
    "not_walked": "ajuste único: 'pregao evaluate RUN' prova em várias dobras",
    "of": "{won} de {count}",
    "openings": "aberturas da parte de teste: {count}",
    "others_won": "{name} venceu {count}",
    "part_test": "teste",
    "part_train": "treino",
    "part_validation": "validação",
    "proof": "É real?",
    "purge": "expurgo: {count} pregões",
    "question": "O que pergunta",
    "says": "Resposta",
    "served_by": "Previsões de",
    "single_fit_note": "Daqui em diante as notas são do ajuste que é servido, feito uma só vez "
    "antes da parte de teste; as de cima são de ajustes refeitos antes de cada dobra, nas mesmas "
    "janelas de teste.",
    "skill_axis": "ganho, %",
    "some_better": "uma vence",
    "test": "Teste",
    "test_dm": "Diebold-Mariano, por data, contra {rival}",
    "test_dm_short": "DM",
    "test_interval": "Bootstrap em blocos, por data",
    "test_ledger": "Registro de tentativas",
    "test_set": "Model Confidence Set",
    "test_set_short": "conjunto de confiança",
    "test_spa": "Capacidade preditiva superior (SPA)",
    "test_spa_short": "SPA",
    "tests": "Testes",
    "tests_title": "O que dizem os testes",
    "too_few": "pregões de menos para dizer",
    "walk": "Walk-forward",
    "walk_expanding": "Walk-forward em {count} dobras: tudo é ajustado de novo antes de cada uma, "
    "com todos os pregões anteriores à sua parte de validação.",
    "walk_rolling": "Walk-forward em {count} dobras: tudo é ajustado de novo antes de cada uma, "
    "com os últimos {sessions} pregões anteriores à sua parte de validação.",
    "zero_inside": "pode ser nada",
    "zero_left": "mais que nada",
    "zero_right": "menos que nada",
}

PROOF_TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "pt": _PT}
