"""Kinds of findings about evaluation: reasons not to rely on a score."""

from pregao.findings._kind import FindingKind
from pregao.values import Text

EVALUATION = (
    FindingKind(
        code="EVA001",
        severity="warning",
        title=Text(en="worse than the best baseline", pt_br="pior que a melhor referência"),
        meaning=Text(
            en="On the test part the CRPS of the forecast is higher than that of the best "
            "baseline.",
            pt_br="Na parte de teste o CRPS da previsão é maior que o da melhor referência.",
        ),
        advice=Text(
            en="serve the baseline; more series or a simpler network may help, more epochs "
            "rarely do",
            pt_br="sirva a referência; mais séries ou uma rede mais simples podem ajudar, "
            "mais épocas raramente",
        ),
    ),
    FindingKind(
        code="EVA002",
        severity="error",
        title=Text(en="implausibly good score", pt_br="improvável demais para ser acaso"),
        meaning=Text(
            en="A score is better than forecasts of returns can plausibly reach, or an R2 "
            "on prices is not above that of the naive forecast.",
            pt_br="Uma métrica é melhor do que previsões de retornos podem plausivelmente "
            "alcançar, ou um R2 nos preços não supera o da previsão ingênua.",
        ),
        advice=Text(
            en="look for a leak: a feature that depends on later prices, or prices that "
            "were filled in later; 'pregao audit' checks for leaks",
            pt_br="procure um vazamento: um atributo que depende de preços posteriores, ou "
            "preços preenchidos depois; 'pregao audit' verifica isso",
        ),
    ),
    FindingKind(
        code="EVA003",
        severity="error",
        title=Text(en="leak", pt_br="vazamento"),
        meaning=Text(
            en="A value computed at a cutoff changes when only later prices change.",
            pt_br="Um valor calculado num corte muda quando só mudam preços posteriores.",
        ),
        advice=Text(
            en="discard the scores of this experiment; correct the first item that changed, "
            "and audit again",
            pt_br="descarte as métricas deste experimento; corrija o primeiro item que "
            "mudou, e faça a auditoria de novo",
        ),
    ),
    FindingKind(
        code="EVA004",
        severity="info",
        title=Text(en="edge not significant", pt_br="vantagem não significativa"),
        meaning=Text(
            en="On the test part the CRPS of the forecast is lower than that of the best "
            "baseline, but not significantly.",
            pt_br="Na parte de teste o CRPS da previsão é menor que o da melhor referência, "
            "mas não de modo significativo.",
        ),
        advice=Text(
            en="treat it as equal to the baseline; a longer test part or more symbols may "
            "be conclusive",
            pt_br="trate-a como equivalente à referência; uma parte de teste mais longa ou "
            "mais ativos podem ser conclusivos",
        ),
    ),
    FindingKind(
        code="EVA005",
        severity="warning",
        title=Text(en="underdispersed", pt_br="faixas estreitas demais"),
        meaning=Text(
            en="The 90 % interval covers far fewer outcomes than its level.",
            pt_br="A faixa de 90 % cobre muito menos resultados que o seu nível.",
        ),
        advice=Text(
            en="calibrate the intervals on the validation part before using them",
            pt_br="calibre as faixas na parte de validação antes de usá-las",
        ),
    ),
    FindingKind(
        code="EVA006",
        severity="info",
        title=Text(
            en="accuracy beside the majority class",
            pt_br="acurácia ao lado da classe majoritária",
        ),
        meaning=Text(
            en="The accuracy of the likeliest action, beside that of always predicting the "
            "most frequent one.",
            pt_br="A acurácia da ação mais provável, ao lado da de prever sempre a mais frequente.",
        ),
        advice=Text(
            en="compare the accuracy with that of the majority class",
            pt_br="compare a acurácia com a da classe majoritária",
        ),
    ),
    FindingKind(
        code="EVA007",
        severity="warning",
        title=Text(en="trials not counted", pt_br="tentativas não contadas"),
        meaning=Text(
            en="More trials were run on these test sessions than the ledger counts, so that "
            "corrections for multiple trials are too small.",
            pt_br="Foram feitas mais tentativas nestes pregões de teste do que o registro "
            "conta, e as correções por múltiplas tentativas são insuficientes.",
        ),
        advice=Text(
            en="read the deflated Sharpe ratio and the PBO as too optimistic; search where "
            "the ledger is kept",
            pt_br="considere o Sharpe deflacionado e a PBO otimistas demais; busque onde "
            "está o registro",
        ),
    ),
    FindingKind(
        code="EVA008",
        severity="warning",
        title=Text(en="test opened more than once", pt_br="teste aberto mais de uma vez"),
        meaning=Text(
            en="These test sessions, or some that overlap them, were scored before, so that "
            "later choices may depend on them.",
            pt_br="Estes pregões de teste, ou alguns que se sobrepõem a eles, já foram "
            "avaliados, e escolhas posteriores podem depender deles.",
        ),
        advice=Text(
            en="rely on a new test part: end the span earlier, or wait for new sessions",
            pt_br="confie numa parte de teste nova: termine o período antes, ou espere "
            "novos pregões",
        ),
    ),
    FindingKind(
        code="EVA009",
        severity="warning",
        title=Text(en="class imbalance", pt_br="classes desbalanceadas"),
        meaning=Text(
            en="An action has so few of the labels that the accuracy carries little information.",
            pt_br="Uma ação tem tão poucos dos rótulos que a acurácia traz pouca informação.",
        ),
        advice=Text(
            en="read balanced accuracy, macro F1 and MCC; weight the classes, or move the "
            "threshold of the labels",
            pt_br="leia acurácia balanceada, F1 macro e MCC; pondere as classes, ou mude o "
            "limiar dos rótulos",
        ),
    ),
    FindingKind(
        code="EVA010",
        severity="warning",
        title=Text(en="baseline left out", pt_br="referência excluída"),
        meaning=Text(
            en="A baseline could not be fitted, because a library that it needs cannot be loaded.",
            pt_br="Uma referência não pôde ser ajustada, porque uma biblioteca de que "
            "precisa não pode ser carregada.",
        ),
        advice=Text(
            en="install the library and run again to include it; the other baselines are "
            "unaffected",
            pt_br="instale a biblioteca e rode de novo para incluí-la; as outras "
            "referências não são afetadas",
        ),
    ),
    FindingKind(
        code="EVA011",
        severity="info",
        title=Text(en="not promoted", pt_br="não promovida"),
        meaning=Text(
            en="The best network is not in the model confidence set, or does not beat every "
            "baseline significantly: the best baseline stays champion.",
            pt_br="A melhor rede não está no conjunto de confiança, ou não vence todas as "
            "referências de modo significativo: a melhor referência continua campeã.",
        ),
        advice=Text(
            en="use the best baseline; more symbols or a longer test part may be conclusive",
            pt_br="use a melhor referência; mais ativos ou uma parte de teste mais longa "
            "podem ser conclusivos",
        ),
    ),
    FindingKind(
        code="EVA012",
        severity="warning",
        title=Text(en="low coverage when volatile", pt_br="cobertura baixa com volatilidade alta"),
        meaning=Text(
            en="In the most volatile third of the sessions the 90 % interval covers fewer "
            "outcomes than its level.",
            pt_br="No terço mais volátil dos pregões a faixa de 90 % cobre menos resultados "
            "que o seu nível.",
        ),
        advice=Text(
            en="do not size positions by these intervals at high volatility; calibrate by "
            "volatility, or adaptively",
            pt_br="não dimensione posições por estas faixas com volatilidade alta; calibre "
            "por volatilidade, ou de modo adaptativo",
        ),
    ),
    FindingKind(
        code="EVA013",
        severity="warning",
        title=Text(en="selection bias not ruled out", pt_br="viés de seleção não descartado"),
        meaning=Text(
            en="After correction for the number of trials the result is not significant, or "
            "the best trial in sample is usually no better than the median out of "
            "sample.",
            pt_br="Corrigido pelo número de tentativas o resultado não é significativo, ou "
            "a melhor tentativa na amostra em geral não supera a mediana fora dela.",
        ),
        advice=Text(
            en="do not trade on it; run fewer trials, or evaluate on sessions after the search",
            pt_br="não opere com base nisso; faça menos tentativas, ou avalie em pregões "
            "posteriores à busca",
        ),
    ),
    FindingKind(
        code="EVA014",
        severity="warning",
        title=Text(en="costs exceed the edge", pt_br="custos superam a vantagem"),
        meaning=Text(
            en="The simulated strategy returns more than its reference before costs, and no "
            "more than it after them.",
            pt_br="A estratégia simulada rende mais que a sua referência antes dos custos, "
            "e não mais que ela depois deles.",
        ),
        advice=Text(
            en="trade less often: a wider abstention band or a longer horizon; check the costs",
            pt_br="opere menos: uma faixa de abstenção mais larga ou um horizonte maior; "
            "confira os custos",
        ),
    ),
    FindingKind(
        code="EVA015",
        severity="error",
        title=Text(en="labels swapped", pt_br="rótulos trocados"),
        meaning=Text(
            en="With the columns in another order of the actions the probabilities fit the "
            "labels significantly better.",
            pt_br="Com as colunas em outra ordem das ações as probabilidades se ajustam aos "
            "rótulos significativamente melhor.",
        ),
        advice=Text(
            en="compare the order of the classes where labels are made, trained and "
            "displayed; until then, do not use these actions",
            pt_br="compare a ordem das classes onde os rótulos são feitos, treinados e "
            "exibidos; até lá, não use estas ações",
        ),
    ),
    FindingKind(
        code="EVA016",
        severity="warning",
        title=Text(en="gain not consistent across folds", pt_br="ganho inconsistente entre folds"),
        meaning=Text(
            en="The mean gain over the best baseline is positive, but too few folds of the "
            "walk-forward have a gain.",
            pt_br="O ganho médio sobre a melhor referência é positivo, mas poucos folds do "
            "walk-forward têm ganho.",
        ),
        advice=Text(
            en="examine the folds with a gain; expect the median fold, not the mean",
            pt_br="examine os folds com ganho; espere o fold mediano, não a média",
        ),
    ),
    FindingKind(
        code="EVA017",
        severity="warning",
        title=Text(en="worse than the naive forecast", pt_br="pior que a previsão ingênua"),
        meaning=Text(
            en="On the test part the CRPS of the forecast is higher than that of the random walk.",
            pt_br="Na parte de teste o CRPS da previsão é maior que o do passeio aleatório.",
        ),
        advice=Text(
            en="do not use the forecast; check the data and the training, or train a "
            "simpler network",
            pt_br="não use a previsão; confira os dados e o treino, ou treine uma rede mais "
            "simples",
        ),
    ),
)
