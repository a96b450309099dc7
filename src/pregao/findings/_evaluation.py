"""Kinds of findings about evaluation: what should make the reader of a score stop."""

from pregao.findings._kind import Kind
from pregao.values import Text

EVALUATION = (
    Kind(
        code="EVA001",
        severity="warning",
        title=Text(en="worse than naive", pt_br="pior que a ingênua"),
        meaning=Text(
            en="On the test part the forecast is worse than the best baseline, or than repeating "
            "the last price.",
            pt_br="Na parte de teste a previsão é pior que a melhor referência, ou que repetir o "
            "último preço.",
        ),
        advice=Text(
            en="serve the baseline; more series or a simpler network may help, more epochs will "
            "not",
            pt_br="sirva a referência; mais séries ou uma rede mais simples podem ajudar, mais "
            "épocas não",
        ),
    ),
    Kind(
        code="EVA002",
        severity="error",
        title=Text(en="too good to be true", pt_br="bom demais para ser verdade"),
        meaning=Text(
            en="A score is better than anything that is possible on prices, or only looks so.",
            pt_br="Uma nota é melhor do que é possível com preços, ou apenas parece.",
        ),
        advice=Text(
            en="look for what sees the future: a feature, or prices that were filled in later; "
            "'pregao audit' does",
            pt_br="procure o que vê o futuro: um atributo, ou preços preenchidos depois; 'pregao "
            "audit' faz isso",
        ),
    ),
    Kind(
        code="EVA003",
        severity="error",
        title=Text(en="leak", pt_br="vazamento"),
        meaning=Text(
            en="Something that is computed at a cutoff changes when only later prices change: it "
            "sees the future.",
            pt_br="Algo que se calcula num corte muda quando só mudam preços posteriores: vê o "
            "futuro.",
        ),
        advice=Text(
            en="believe no score of this experiment; correct what moved first, and audit again",
            pt_br="não acredite em nota alguma deste experimento; corrija o que mudou primeiro, e "
            "faça a auditoria de novo",
        ),
    ),
    Kind(
        code="EVA004",
        severity="info",
        title=Text(en="edge within noise", pt_br="vantagem dentro do ruído"),
        meaning=Text(
            en="The forecast beats the best baseline on the test part by no more than luck would.",
            pt_br="A previsão vence a melhor referência na parte de teste por não mais que o que a "
            "sorte daria.",
        ),
        advice=Text(
            en="treat it as equal to the baseline; a longer test part or more symbols may decide",
            pt_br="trate-a como igual à referência; uma parte de teste mais longa ou mais ativos "
            "podem decidir",
        ),
    ),
    Kind(
        code="EVA005",
        severity="warning",
        title=Text(en="underdispersed", pt_br="faixas estreitas demais"),
        meaning=Text(
            en="The ranges are too narrow: outcomes fall outside far more often than promised.",
            pt_br="As faixas são estreitas: os resultados caem fora muito mais do que o prometido.",
        ),
        advice=Text(
            en="calibrate the intervals on the validation part before using them",
            pt_br="calibre as faixas na parte de validação antes de usá-las",
        ),
    ),
    Kind(
        code="EVA006",
        severity="info",
        title=Text(en="actions beside the commonest", pt_br="ações ao lado da mais comum"),
        meaning=Text(
            en="How often the action is right, beside always saying the commonest one.",
            pt_br="Quantas vezes a ação está certa, ao lado de dizer sempre a mais comum.",
        ),
        advice=Text(
            en="read the accuracy beside that of the commonest action",
            pt_br="leia a acurácia ao lado da que dá a ação mais comum",
        ),
    ),
    Kind(
        code="EVA007",
        severity="warning",
        title=Text(en="trials not counted", pt_br="tentativas não contadas"),
        meaning=Text(
            en="More was tried than the ledger counts, so that what corrects for many trials "
            "corrects too little.",
            pt_br="Tentou-se mais do que o registro conta, e o que corrige por muitas tentativas "
            "corrige de menos.",
        ),
        advice=Text(
            en="take the deflated Sharpe ratio and the PBO as too kind; search where the ledger is",
            pt_br="tome o Sharpe deflacionado e a PBO como otimistas; busque onde está o registro",
        ),
    ),
    Kind(
        code="EVA008",
        severity="warning",
        title=Text(en="test opened more than once", pt_br="teste aberto mais de uma vez"),
        meaning=Text(
            en="These test sessions were scored before, so that what was chosen since may have "
            "learnt from them.",
            pt_br="Estes pregões de teste já foram avaliados, e o que se escolheu desde então pode "
            "ter aprendido com eles.",
        ),
        advice=Text(
            en="believe what a new test part says: end the span earlier, or wait for new sessions",
            pt_br="acredite no que diz uma parte de teste nova: termine o período antes, ou espere "
            "novos pregões",
        ),
    ),
    Kind(
        code="EVA009",
        severity="warning",
        title=Text(en="class imbalance", pt_br="classes desiguais"),
        meaning=Text(
            en="One action is so rare, or so common, that an accuracy says next to nothing.",
            pt_br="Uma ação é tão rara, ou tão comum, que a acurácia quase nada diz.",
        ),
        advice=Text(
            en="read balanced accuracy, macro F1 and MCC; weigh the classes, or move the "
            "threshold of the labels",
            pt_br="leia acurácia balanceada, F1 macro e MCC; dê pesos às classes, ou mude o "
            "limiar dos rótulos",
        ),
    ),
    Kind(
        code="EVA010",
        severity="warning",
        title=Text(en="baseline left out", pt_br="referência deixada de fora"),
        meaning=Text(
            en="A baseline could not be fitted here, so that the others are all there is to beat.",
            pt_br="Uma referência não pôde ser ajustada aqui, e só restam as outras a vencer.",
        ),
        advice=Text(
            en="the others stand; install what it needs and run again to have it beside them",
            pt_br="as outras valem; instale o que falta e rode de novo para tê-la ao lado delas",
        ),
    ),
    Kind(
        code="EVA011",
        severity="info",
        title=Text(en="not promoted", pt_br="não promovida"),
        meaning=Text(
            en="The best network is not in the confidence set, or does not beat every baseline: "
            "the best baseline stays champion.",
            pt_br="A melhor rede não está no conjunto de confiança, ou não vence todas as "
            "referências: a melhor referência continua campeã.",
        ),
        advice=Text(
            en="use the ranges, not the direction; more symbols or a longer test part may decide",
            pt_br="use as faixas, não a direção; mais ativos ou um teste mais longo podem decidir",
        ),
    ),
    Kind(
        code="EVA012",
        severity="warning",
        title=Text(en="ranges fail when volatile", pt_br="faixas falham na volatilidade"),
        meaning=Text(
            en="The ranges hold what they promise on average, but not when the market moves most.",
            pt_br="As faixas cumprem o que prometem na média, mas não quando o mercado mais se "
            "move.",
        ),
        advice=Text(
            en="do not size positions by these ranges in a storm; calibrate by volatility, or "
            "adaptively",
            pt_br="não dimensione posições por estas faixas na tormenta; calibre por volatilidade, "
            "ou de modo adaptativo",
        ),
    ),
    Kind(
        code="EVA013",
        severity="warning",
        title=Text(en="probably overfitted by selection", pt_br="provável sobreajuste por seleção"),
        meaning=Text(
            en="So much was tried that the best result is probably the luckiest one.",
            pt_br="Tentou-se tanto que o melhor resultado é provavelmente o de mais sorte.",
        ),
        advice=Text(
            en="do not trade it; try less, or judge it on sessions that came after the search",
            pt_br="não opere com isso; tente menos, ou avalie em pregões posteriores à busca",
        ),
    ),
    Kind(
        code="EVA014",
        severity="warning",
        title=Text(en="costs eat the edge", pt_br="custos comem a vantagem"),
        meaning=Text(
            en="The simulation earns before fees, slippage and tax, and not after them.",
            pt_br="A simulação ganha antes de taxas, derrapagem e imposto, e não depois deles.",
        ),
        advice=Text(
            en="trade less often: a wider abstain band or a longer horizon; check the costs given",
            pt_br="opere menos: uma faixa de abstenção mais larga ou um horizonte maior; confira "
            "os custos dados",
        ),
    ),
    Kind(
        code="EVA015",
        severity="error",
        title=Text(en="labels swapped", pt_br="rótulos trocados"),
        meaning=Text(
            en="With the names of two actions exchanged the same answers would be right far more "
            "often.",
            pt_br="Com os nomes de duas ações trocados, as mesmas respostas estariam certas muito "
            "mais vezes.",
        ),
        advice=Text(
            en="compare the order of the classes where labels are made, learnt and shown; act on "
            "nothing before",
            pt_br="compare a ordem das classes onde os rótulos são feitos, aprendidos e mostrados; "
            "antes disso, não aja",
        ),
    ),
    Kind(
        code="EVA016",
        severity="warning",
        title=Text(en="folds disagree", pt_br="dobras discordam"),
        meaning=Text(
            en="The gain over the best baseline comes from a few folds of the walk-forward, and "
            "the others lose.",
            pt_br="O ganho sobre a melhor referência vem de poucas dobras do walk-forward, e as "
            "outras perdem.",
        ),
        advice=Text(
            en="look at what was special about the folds that gain; expect the median fold, not "
            "the mean",
            pt_br="veja o que houve de especial nas dobras que ganham; espere a dobra mediana, não "
            "a média",
        ),
    ),
)
