"""Labels and help of the fields of an experiment and of what is asked beside it."""

from pregao.values import Text


def _field(en: str, pt_br: str, help_en: str, help_pt_br: str) -> tuple[Text, Text]:
    return Text(en=en, pt_br=pt_br), Text(en=help_en, pt_br=help_pt_br)


FIELDS: dict[str, tuple[Text, Text]] = {
    "symbols": _field(
        "Symbols",
        "Ativos",
        "Tickers, with commas between them. Several are pooled into one network.",
        "Tickers separados por vírgulas. Vários são reunidos numa só rede.",
    ),
    "source": _field(
        "Source of prices",
        "Fonte dos preços",
        "live asks the providers in turn, store reads what was fetched before, sample is bundled.",
        "live consulta os provedores em ordem, store lê o que já foi baixado, sample vem junto.",
    ),
    "start": _field(
        "First session",
        "Primeiro pregão",
        "Nothing before it is used. Empty: from the beginning.",
        "Nada antes dele é usado. Vazio: desde o início.",
    ),
    "end": _field(
        "Last session",
        "Último pregão",
        "Nothing after it is used. Empty: until today.",
        "Nada depois dele é usado. Vazio: até hoje.",
    ),
    "features": _field(
        "Features",
        "Atributos",
        "What the network reads of each session.",
        "O que a rede lê de cada pregão.",
    ),
    "lookback": _field(
        "Lookback",
        "Janela",
        "Sessions that a forecast looks back on.",
        "Pregões para trás que uma previsão enxerga.",
    ),
    "horizon": _field(
        "Horizon",
        "Horizonte",
        "Sessions ahead that are forecast.",
        "Pregões à frente que são previstos.",
    ),
    "split.train_last": _field(
        "Last day of training",
        "Último dia do treino",
        "A date in place of the share; with it goes the last day of validation.",
        "Uma data no lugar da parcela; com ela vai o último dia da validação.",
    ),
    "split.validation_last": _field(
        "Last day of validation",
        "Último dia da validação",
        "What comes after it is the test part.",
        "O que vem depois é a parte de teste.",
    ),
    "split.train_fraction": _field(
        "Share for training",
        "Parcela do treino",
        "Of the sessions, the oldest first. Not used where dates are given.",
        "Dos pregões, a partir dos mais antigos. Não é usada quando há datas.",
    ),
    "split.validation_fraction": _field(
        "Share for validation",
        "Parcela da validação",
        "The rest is the test part, which has no say in any choice.",
        "O resto é a parte de teste, que não participa de nenhuma escolha.",
    ),
    "split.purge_sessions": _field(
        "Sessions left out",
        "Pregões de expurgo",
        "Between the parts, so that none sees another's targets. Empty: the horizon.",
        "Entre as partes, para nenhuma ver os alvos da outra. Vazio: o horizonte.",
    ),
    "scaling": _field(
        "Scaling",
        "Escala",
        "Of the features; it is fitted on the training part alone.",
        "Dos atributos; é ajustada só na parte de treino.",
    ),
    "target": _field(
        "Target",
        "Alvo",
        "scaled_return starts at the naive forecast; simple_return and close are single points.",
        "scaled_return parte da previsão ingênua; simple_return e close são pontos isolados.",
    ),
    "steps": _field(
        "Steps",
        "Passos",
        "Forecast each session of the horizon, or the last one alone.",
        "Prever cada pregão do horizonte, ou só o último.",
    ),
    "network": _field(
        "Network",
        "Rede",
        "By its category; in brackets how many parameters it has by default.",
        "Por categoria; entre parênteses, quantos parâmetros tem por padrão.",
    ),
    "loss": _field(
        "Loss",
        "Perda",
        "pinball learns whole ranges; mse, mae and huber a point with a range around it.",
        "pinball aprende faixas inteiras; mse, mae e huber, um ponto com uma faixa em volta.",
    ),
    "actions": _field(
        "Learn actions too",
        "Aprender ações também",
        "A second task of the same network: buy, sell or hold.",
        "Uma segunda tarefa da mesma rede: comprar, vender ou manter.",
    ),
    "actions.labels": _field(
        "Labels",
        "Rótulos",
        "forward: from what came after; rule: from the indicators.",
        "forward: pelo que veio depois; rule: pelos indicadores.",
    ),
    "actions.cost": _field(
        "Cost of a round trip",
        "Custo de ida e volta",
        "As a share of the price; a move has to pay for it.",
        "Como parcela do preço; um movimento precisa cobri-lo.",
    ),
    "actions.threshold_sigmas": _field(
        "Threshold",
        "Limiar",
        "In sigmas: smaller moves are a hold.",
        "Em sigmas: movimentos menores são manter.",
    ),
    "actions.focus": _field(
        "Focus",
        "Foco",
        "Gamma of the focal loss; 0 is cross-entropy.",
        "Gama da perda focal; 0 é entropia cruzada.",
    ),
    "actions.class_weights": _field(
        "Weights of the actions",
        "Pesos das ações",
        "balanced lets rare actions count as much as frequent ones.",
        "balanced faz ações raras contarem tanto quanto as frequentes.",
    ),
    "actions.sampler": _field(
        "Sampling",
        "Amostragem",
        "balanced draws windows of each action equally often.",
        "balanced sorteia janelas de cada ação com a mesma frequência.",
    ),
    "actions.weight": _field(
        "Weight of the actions' loss",
        "Peso da perda das ações",
        "In the sum that is trained.",
        "Na soma que é treinada.",
    ),
    "actions.price_weight": _field(
        "Weight of the price's loss",
        "Peso da perda do preço",
        "In the sum that is trained.",
        "Na soma que é treinada.",
    ),
    "optimiser": _field(
        "Optimiser",
        "Otimizador",
        "adamw keeps weight decay apart from the gradient.",
        "adamw separa o decaimento dos pesos do gradiente.",
    ),
    "learning_rate": _field(
        "Learning rate",
        "Taxa de aprendizado",
        "How far a step goes.",
        "O tamanho de cada passo.",
    ),
    "weight_decay": _field(
        "Weight decay",
        "Decaimento dos pesos",
        "How strongly weights are drawn to zero: to the naive forecast.",
        "Quanto os pesos são puxados para zero: para a previsão ingênua.",
    ),
    "epochs": _field(
        "Epochs",
        "Épocas",
        "At most; training stops earlier where nothing is gained.",
        "No máximo; o treino para antes se nada melhora.",
    ),
    "patience": _field(
        "Patience",
        "Paciência",
        "Epochs without a better one before training stops.",
        "Épocas sem melhora até o treino parar.",
    ),
    "min_delta": _field(
        "Least gain",
        "Ganho mínimo",
        "What an epoch must gain for patience to begin anew.",
        "O que uma época precisa ganhar para a paciência recomeçar.",
    ),
    "plateau_patience": _field(
        "Patience of the rate",
        "Paciência da taxa",
        "Epochs without a better one before the learning rate is halved.",
        "Épocas sem melhora até a taxa de aprendizado cair à metade.",
    ),
    "batch_size": _field(
        "Batch size",
        "Tamanho do lote",
        "Windows of one step.",
        "Janelas de um passo.",
    ),
    "dropout": _field(
        "Dropout",
        "Dropout",
        "Share of the units that are left out at each step.",
        "Parcela das unidades desligadas a cada passo.",
    ),
    "activation": _field(
        "Activation",
        "Ativação",
        "Of the dense layers.",
        "Das camadas densas.",
    ),
    "averaging": _field(
        "Averaging of weights",
        "Média dos pesos",
        "Decay of the moving average that is kept; 0 is none.",
        "Decaimento da média móvel que é guardada; 0 é nenhuma.",
    ),
    "clip_norm": _field(
        "Largest gradient",
        "Maior gradiente",
        "Norm at which gradients are cut; 0 is any.",
        "Norma em que os gradientes são cortados; 0 é qualquer uma.",
    ),
    "seed": _field(
        "Seed",
        "Semente",
        "The same seed gives the same network, to the last bit.",
        "A mesma semente dá a mesma rede, até o último bit.",
    ),
    "members": _field(
        "Members",
        "Membros",
        "Networks of following seeds that are averaged into one.",
        "Redes de sementes seguidas, combinadas numa média.",
    ),
    "combination": _field(
        "Combination",
        "Combinação",
        "Weights of an ensemble: alike, by validation, or stacked.",
        "Pesos de um conjunto: iguais, pela validação ou empilhados.",
    ),
    "strategy": _field(
        "Strategy",
        "Estratégia",
        "grid tries every combination, random draws some, bayesian learns from earlier trials.",
        "grid tenta todas as combinações, random sorteia, bayesian aprende com as tentativas.",
    ),
    "trials": _field(
        "Trials of each network",
        "Tentativas por rede",
        "Empty: twenty; for a grid all combinations.",
        "Vazio: vinte; numa grade, todas as combinações.",
    ),
    "pruning": _field(
        "Stop bad trials early",
        "Parar cedo tentativas ruins",
        "Saves time; what is stopped is not chosen.",
        "Poupa tempo; o que é parado não é escolhido.",
    ),
    "budget_seconds": _field(
        "Budget, seconds",
        "Tempo máximo, segundos",
        "After it no trial begins. Empty: no limit.",
        "Depois dele nenhuma tentativa começa. Vazio: sem limite.",
    ),
    "ensemble": _field(
        "Ensemble of the best",
        "Conjunto das melhores",
        "How many networks are averaged and ranked beside the others; fewer than two is none.",
        "Quantas redes são combinadas e classificadas ao lado das outras; menos de duas, nenhuma.",
    ),
    "folds": _field(
        "Folds",
        "Dobras",
        "Stretches of the test part, each with a fresh fit. 0: one fit. Empty: five.",
        "Trechos da parte de teste, cada um com novo ajuste. 0: um só. Vazio: cinco.",
    ),
    "allow_findings": _field(
        "Train on quarantined prices",
        "Treinar com preços em quarentena",
        "Where something is wrong with the prices, training is refused otherwise.",
        "Se há algo errado com os preços, o treino é recusado sem isto.",
    ),
    "promote": _field(
        "Let it serve afterwards",
        "Pôr em serviço depois",
        "The result answers forecasts of its symbols, by the best baseline if it has no edge.",
        "O resultado responde pelas previsões dos ativos, pela melhor referência se não há vantagem.",
    ),
}
"""Label and help by the place of the field; a test holds this to the schemas."""
