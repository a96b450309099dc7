"""Kinds of findings about prices, in the order in which bars are looked at."""

from pregao.findings._kind import Kind
from pregao.values import Text

PRICES = (
    Kind(
        code="PRC001",
        severity="warning",
        title=Text(en="gap", pt_br="lacuna"),
        meaning=Text(
            en="The exchange held sessions for which there is no bar.",
            pt_br="A bolsa teve pregões dos quais não há barra.",
        ),
        advice=Text(
            en="a return across a gap spans several sessions: fetch the days again if they were "
            "traded",
            pt_br="um retorno por cima de uma lacuna abrange vários pregões: baixe de novo os dias "
            "em que houve negócio",
        ),
    ),
    Kind(
        code="PRC002",
        severity="warning",
        title=Text(en="phantom session", pt_br="pregão fantasma"),
        meaning=Text(
            en="There are bars of days on which the exchange was closed.",
            pt_br="Há barras de dias em que a bolsa esteve fechada.",
        ),
        advice=Text(
            en="an empty bar is a zero return that never happened: check those with volume "
            "against the exchange's calendar",
            pt_br="uma barra vazia é um retorno zero que nunca houve: confira as que têm volume "
            "com o calendário da bolsa",
        ),
    ),
    Kind(
        code="PRC003",
        severity="warning",
        title=Text(en="order", pt_br="ordem"),
        meaning=Text(
            en="The rows do not come in the order of their sessions.",
            pt_br="As linhas não vêm na ordem dos pregões.",
        ),
        advice=Text(
            en="the rows were meant for another reader: write them with the oldest first",
            pt_br="as linhas foram feitas para outro leitor: escreva primeiro as mais antigas",
        ),
    ),
    Kind(
        code="PRC004",
        severity="warning",
        title=Text(en="duplicate session", pt_br="pregão repetido"),
        meaning=Text(
            en="One session has several bars, which are copies or contradict each other.",
            pt_br="Um pregão tem várias barras, que são cópias ou se contradizem.",
        ),
        advice=Text(
            en="which bar is true cannot be known from here: keep one row a session in the source",
            pt_br="daqui não há como saber qual barra é a verdadeira: deixe na fonte uma linha por "
            "pregão",
        ),
    ),
    Kind(
        code="PRC005",
        severity="warning",
        title=Text(en="missing values", pt_br="valores ausentes"),
        meaning=Text(
            en="Rows lack their date or one of their numbers.",
            pt_br="Há linhas sem a data ou sem um dos números.",
        ),
        advice=Text(
            en="a filled value would be an invented price: fetch those sessions again",
            pt_br="um valor preenchido seria um preço inventado: baixe esses pregões de novo",
        ),
    ),
    Kind(
        code="PRC006",
        severity="warning",
        title=Text(en="non-positive price", pt_br="preço não positivo"),
        meaning=Text(
            en="Rows have a price of zero or less, or a volume below zero.",
            pt_br="Há linhas com preço zero ou negativo, ou com volume negativo.",
        ),
        advice=Text(
            en="no return can be computed from it: fetch those sessions again",
            pt_br="dele não se calcula retorno algum: baixe esses pregões de novo",
        ),
    ),
    Kind(
        code="PRC007",
        severity="warning",
        title=Text(en="impossible bar", pt_br="barra impossível"),
        meaning=Text(
            en="Rows have a high below, or a low above, another price of the same session.",
            pt_br="Há linhas cuja máxima fica abaixo, ou cuja mínima fica acima, de outro preço do "
            "mesmo pregão.",
        ),
        advice=Text(
            en="one of its four prices is wrong, and features would learn from it: fetch them "
            "again",
            pt_br="um dos quatro preços está errado, e os atributos aprenderiam com ele: baixe-os "
            "de novo",
        ),
    ),
    Kind(
        code="PRC008",
        severity="warning",
        title=Text(en="flat run", pt_br="preço parado"),
        meaning=Text(
            en="The price stands still for many sessions, or many bars have no range.",
            pt_br="O preço fica parado por muitos pregões, ou muitas barras não têm amplitude.",
        ),
        advice=Text(
            en="zero returns teach that nothing moves: see whether the stock was suspended or is "
            "too thin",
            pt_br="retornos zero ensinam que nada se move: veja se o papel foi suspenso ou tem "
            "pouca liquidez",
        ),
    ),
    Kind(
        code="PRC009",
        severity="error",
        title=Text(en="split jump", pt_br="salto de desdobramento"),
        meaning=Text(
            en="The adjusted close jumps by a split ratio and stays there: a split that was not "
            "adjusted for, or was adjusted for twice.",
            pt_br="O fechamento ajustado salta por uma razão de desdobramento e fica lá: um "
            "desdobramento sem ajuste, ou ajustado duas vezes.",
        ),
        advice=Text(
            en="a network would learn a crash that no holder had: fetch adjusted prices, or adjust "
            "the rows before",
            pt_br="uma rede aprenderia uma queda que nenhum acionista teve: baixe preços "
            "ajustados, ou ajuste as linhas anteriores",
        ),
    ),
    Kind(
        code="PRC010",
        severity="warning",
        title=Text(en="stale tail", pt_br="fim parado"),
        meaning=Text(
            en="The series ends long before the day on which it was fetched, or in bars that "
            "repeat one price.",
            pt_br="A série termina muito antes do dia em que foi baixada, ou em barras que repetem "
            "um preço.",
        ),
        advice=Text(
            en="a forecast would start from an old price: fetch again, or end the span there",
            pt_br="a previsão partiria de um preço velho: baixe de novo, ou termine o período ali",
        ),
    ),
    Kind(
        code="PRC011",
        severity="error",
        title=Text(en="unit error", pt_br="erro de unidade"),
        meaning=Text(
            en="For a few sessions prices are a round factor too high or too low, then are as "
            "before.",
            pt_br="Por alguns pregões os preços estão altos ou baixos demais por um fator redondo, "
            "e depois voltam.",
        ),
        advice=Text(
            en="two returns that never happened, larger than any real one: correct the rows at the "
            "source",
            pt_br="dois retornos que nunca houve, maiores que qualquer um real: corrija as linhas "
            "na fonte",
        ),
    ),
    Kind(
        code="PRC012",
        severity="error",
        title=Text(en="future bar", pt_br="barra do futuro"),
        meaning=Text(
            en="There are bars of days after the one on which they were fetched.",
            pt_br="Há barras de dias posteriores àquele em que foram baixadas.",
        ),
        advice=Text(
            en="nobody can know it yet: check the dates of the source",
            pt_br="ninguém pode sabê-la ainda: confira as datas da fonte",
        ),
    ),
    Kind(
        code="PRC013",
        severity="warning",
        title=Text(en="rewritten history", pt_br="história reescrita"),
        meaning=Text(
            en="The provider gives other values for sessions that were stored before.",
            pt_br="O provedor dá outros valores para pregões já guardados.",
        ),
        advice=Text(
            en="runs name the snapshot they were trained on: train again to learn from this one",
            pt_br="cada execução diz com qual retrato dos preços foi treinada: treine de novo para "
            "aprender com este",
        ),
    ),
    Kind(
        code="PRC014",
        severity="info",
        title=Text(en="no order book", pt_br="sem livro de ofertas"),
        meaning=Text(
            en="Features that need the best offers were left out, for a symbol has none.",
            pt_br="Atributos que precisam das melhores ofertas ficaram de fora, pois um ativo não "
            "as tem.",
        ),
        advice=Text(
            en="use a provider with best offers, such as B3's own files, or ask for fewer features",
            pt_br="use um provedor com as melhores ofertas, como os arquivos da própria B3, ou "
            "peça menos atributos",
        ),
    ),
    Kind(
        code="PRC015",
        severity="info",
        title=Text(en="provisional bar", pt_br="barra provisória"),
        meaning=Text(
            en="The provider gave a bar of a session that was not over, and it was left out.",
            pt_br="O provedor deu uma barra de um pregão que não tinha terminado, e ela ficou de "
            "fora.",
        ),
        advice=Text(
            en="its close is not the close: fetch again an hour after the session ends",
            pt_br="o fechamento dela não é o fechamento: baixe de novo uma hora depois do fim do "
            "pregão",
        ),
    ),
    Kind(
        code="PRC016",
        severity="warning",
        title=Text(en="not adjusted", pt_br="sem ajuste"),
        meaning=Text(
            en="The provider's closes are as traded: dividends and splits are not adjusted for.",
            pt_br="Os fechamentos do provedor são os negociados: sem ajuste por proventos e "
            "desdobramentos.",
        ),
        advice=Text(
            en="a dividend looks like a loss that no holder had: use a provider of adjusted "
            "prices, such as yahoo",
            pt_br="um provento parece uma perda que nenhum acionista teve: use um provedor de "
            "preços ajustados, como yahoo",
        ),
    ),
    Kind(
        code="PRC017",
        severity="warning",
        title=Text(en="history cut short", pt_br="história cortada"),
        meaning=Text(
            en="The provider gives fewer sessions than were asked for.",
            pt_br="O provedor dá menos pregões do que se pediu.",
        ),
        advice=Text(
            en="there is little to learn from: use a provider of whole histories, such as yahoo; "
            "what is fetched again and again adds up in the store",
            pt_br="há pouco com que aprender: use um provedor de histórias inteiras, como yahoo; o "
            "que se baixa de tempos em tempos se acumula no depósito",
        ),
    ),
    Kind(
        code="PRC018",
        severity="warning",
        title=Text(en="another source", pt_br="outra fonte"),
        meaning=Text(
            en="Not the first of the configured sources answered, or its answer could not be kept.",
            pt_br="Não foi a primeira das fontes configuradas que respondeu, ou não se pôde "
            "guardar a resposta.",
        ),
        advice=Text(
            en="providers differ in adjustment and by some cents: mind it when comparing with an "
            "earlier run",
            pt_br="os provedores diferem no ajuste e em alguns centavos: leve em conta ao "
            "comparar com uma execução anterior",
        ),
    ),
    Kind(
        code="PRC019",
        severity="warning",
        title=Text(en="stale prices", pt_br="preços atrasados"),
        meaning=Text(
            en="The prices end before the last session that is over.",
            pt_br="Os preços terminam antes do último pregão encerrado.",
        ),
        advice=Text(
            en="a forecast counts its sessions from an older close: fetch again when a provider "
            "answers",
            pt_br="a previsão conta os pregões a partir de um fechamento mais antigo: baixe de "
            "novo quando um provedor responder",
        ),
    ),
)
