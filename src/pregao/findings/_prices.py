"""Kinds of findings about prices, in the order of the checks."""

from pregao.findings._kind import FindingKind
from pregao.values import Text

PRICES = (
    FindingKind(
        code="PRC001",
        severity="warning",
        title=Text(en="gap", pt_br="lacuna"),
        meaning=Text(
            en="The exchange held sessions for which there is no bar.",
            pt_br="A bolsa teve pregões sem cotação.",
        ),
        advice=Text(
            en="a return across a gap spans several sessions: fetch the missing sessions "
            "again if they were traded",
            pt_br="um retorno através de uma lacuna abrange vários pregões: baixe de novo "
            "os pregões em que houve negócio",
        ),
    ),
    FindingKind(
        code="PRC002",
        severity="warning",
        title=Text(en="bar on a closed day", pt_br="cotação em dia sem pregão"),
        meaning=Text(
            en="There are bars of days on which the exchange was closed.",
            pt_br="Há cotações de dias em que a bolsa esteve fechada.",
        ),
        advice=Text(
            en="an empty bar is a zero return that did not occur: check those with volume "
            "against the exchange's calendar",
            pt_br="uma cotação vazia é um retorno zero que não ocorreu: confira as que têm "
            "volume com o calendário da bolsa",
        ),
    ),
    FindingKind(
        code="PRC003",
        severity="warning",
        title=Text(en="rows out of order", pt_br="linhas fora de ordem"),
        meaning=Text(
            en="The rows are not in the order of their sessions.",
            pt_br="As linhas não estão na ordem dos pregões.",
        ),
        advice=Text(
            en="the rows were sorted; write them with the oldest first",
            pt_br="as linhas foram ordenadas; grave-as com as mais antigas primeiro",
        ),
    ),
    FindingKind(
        code="PRC004",
        severity="warning",
        title=Text(en="duplicate session", pt_br="pregão repetido"),
        meaning=Text(
            en="One session has several bars, which are copies or contradict each other.",
            pt_br="Um pregão tem várias cotações, que são cópias ou se contradizem.",
        ),
        advice=Text(
            en="keep one row per session in the source; bars that contradict each other "
            "were taken out",
            pt_br="deixe na fonte uma linha por pregão; cotações que se contradizem foram "
            "excluídas",
        ),
    ),
    FindingKind(
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
    FindingKind(
        code="PRC006",
        severity="warning",
        title=Text(en="invalid price or volume", pt_br="preço ou volume inválido"),
        meaning=Text(
            en="Rows have a price of zero or less, or a negative volume.",
            pt_br="Há linhas com preço zero ou negativo, ou com volume negativo.",
        ),
        advice=Text(
            en="the rows were taken out: fetch those sessions again",
            pt_br="as linhas foram excluídas: baixe esses pregões de novo",
        ),
    ),
    FindingKind(
        code="PRC007",
        severity="warning",
        title=Text(en="impossible bar", pt_br="cotação impossível"),
        meaning=Text(
            en="Rows have a high below, or a low above, another price of the same session.",
            pt_br="Há linhas cuja máxima fica abaixo, ou cuja mínima fica acima, de outro "
            "preço do mesmo pregão.",
        ),
        advice=Text(
            en="one of the four prices is wrong: fetch those sessions again",
            pt_br="um dos quatro preços está errado: baixe esses pregões de novo",
        ),
    ),
    FindingKind(
        code="PRC008",
        severity="warning",
        title=Text(en="flat prices", pt_br="preços parados"),
        meaning=Text(
            en="The price is constant over several sessions, or many bars have no range.",
            pt_br="O preço fica constante por vários pregões, ou muitas cotações não têm "
            "amplitude.",
        ),
        advice=Text(
            en="the zero returns bias training: check whether the stock was suspended or is "
            "illiquid",
            pt_br="os retornos zero enviesam o treino: verifique se o papel foi suspenso ou "
            "tem pouca liquidez",
        ),
    ),
    FindingKind(
        code="PRC009",
        severity="error",
        title=Text(en="split jump", pt_br="salto de desdobramento"),
        meaning=Text(
            en="The adjusted close jumps by about a split ratio and stays there, as after a "
            "split that was not adjusted for, or was adjusted for twice.",
            pt_br="O fechamento ajustado salta por cerca de uma razão de desdobramento e "
            "permanece lá, como depois de um desdobramento sem ajuste ou ajustado "
            "duas vezes.",
        ),
        advice=Text(
            en="a network would learn a return that no holder had: fetch adjusted prices, "
            "or adjust the rows before",
            pt_br="uma rede aprenderia um retorno que nenhum acionista teve: baixe preços "
            "ajustados, ou ajuste as linhas anteriores",
        ),
    ),
    FindingKind(
        code="PRC010",
        severity="warning",
        title=Text(en="stale tail", pt_br="final desatualizado"),
        meaning=Text(
            en="The series ends several sessions before the day on which it was fetched, or "
            "in bars that repeat one price without a trade.",
            pt_br="A série termina vários pregões antes do dia em que foi baixada, ou em "
            "cotações que repetem um preço sem negócio.",
        ),
        advice=Text(
            en="a forecast would start from an old price: fetch again, or end the span there",
            pt_br="a previsão partiria de um preço antigo: baixe de novo, ou termine o período ali",
        ),
    ),
    FindingKind(
        code="PRC011",
        severity="error",
        title=Text(en="unit error", pt_br="erro de unidade"),
        meaning=Text(
            en="For a few sessions prices are wrong by a round factor, which then reverts.",
            pt_br="Por alguns pregões os preços estão errados por um fator redondo, que "
            "depois se reverte.",
        ),
        advice=Text(
            en="it makes two returns that did not occur: correct the rows at the source",
            pt_br="isso cria dois retornos que não ocorreram: corrija as linhas na fonte",
        ),
    ),
    FindingKind(
        code="PRC012",
        severity="error",
        title=Text(en="future bar", pt_br="cotação futura"),
        meaning=Text(
            en="There are bars of days after the one on which they were fetched.",
            pt_br="Há cotações de dias posteriores ao dia em que foram baixadas.",
        ),
        advice=Text(
            en="such a bar cannot be known yet: check the dates of the source",
            pt_br="uma cotação assim ainda não pode ser conhecida: confira as datas da fonte",
        ),
    ),
    FindingKind(
        code="PRC013",
        severity="warning",
        title=Text(en="changed history", pt_br="histórico alterado"),
        meaning=Text(
            en="The provider now gives other values for sessions that were stored before.",
            pt_br="O provedor agora dá outros valores para pregões já armazenados.",
        ),
        advice=Text(
            en="each run names the snapshot that it was trained on: train again to use this one",
            pt_br="cada execução registra a versão dos preços com que foi treinada: treine "
            "de novo para usar esta",
        ),
    ),
    FindingKind(
        code="PRC014",
        severity="info",
        title=Text(en="no order book", pt_br="sem livro de ofertas"),
        meaning=Text(
            en="Features that need the best offers were left out, because a symbol has none.",
            pt_br="Atributos que precisam das melhores ofertas ficaram de fora, porque um "
            "ativo não as tem.",
        ),
        advice=Text(
            en="use a provider with best offers, such as B3's own files, or ask for fewer features",
            pt_br="use um provedor com as melhores ofertas, como os arquivos da própria B3, "
            "ou peça menos atributos",
        ),
    ),
    FindingKind(
        code="PRC015",
        severity="info",
        title=Text(en="provisional bar", pt_br="cotação provisória"),
        meaning=Text(
            en="The provider gave a bar of a session that was not over, which was left out.",
            pt_br="O provedor deu uma cotação de um pregão que não tinha terminado, e ela "
            "foi excluída.",
        ),
        advice=Text(
            en="its last price is not the close yet: fetch again an hour after the session ends",
            pt_br="o último preço ainda não é o fechamento: baixe de novo uma hora depois "
            "do fim do pregão",
        ),
    ),
    FindingKind(
        code="PRC016",
        severity="warning",
        title=Text(en="not adjusted", pt_br="sem ajuste"),
        meaning=Text(
            en="The provider's closes are as traded: dividends and splits are not adjusted for.",
            pt_br="Os fechamentos do provedor são os negociados, sem ajuste por proventos "
            "nem desdobramentos.",
        ),
        advice=Text(
            en="a dividend looks like a loss that no holder had: use a provider of adjusted "
            "prices, such as yahoo",
            pt_br="um provento parece uma perda que nenhum acionista teve: use um provedor "
            "de preços ajustados, como yahoo",
        ),
    ),
    FindingKind(
        code="PRC017",
        severity="warning",
        title=Text(en="truncated history", pt_br="histórico truncado"),
        meaning=Text(
            en="The provider's history begins later than the requested span.",
            pt_br="O histórico do provedor começa depois do início do período pedido.",
        ),
        advice=Text(
            en="there are few sessions to train on: use a provider of full histories, such "
            "as yahoo; the sessions of repeated fetches accumulate in the store",
            pt_br="há poucos pregões para treinar: use um provedor de históricos completos, "
            "como yahoo; os pregões de downloads repetidos se acumulam no "
            "armazenamento",
        ),
    ),
    FindingKind(
        code="PRC018",
        severity="warning",
        title=Text(en="source failure", pt_br="falha de fonte"),
        meaning=Text(
            en="A configured source failed before another one was used, or the prices could "
            "not be stored.",
            pt_br="Uma fonte configurada falhou antes que outra fosse usada, ou os preços "
            "não puderam ser armazenados.",
        ),
        advice=Text(
            en="providers differ in adjustment and by some cents: consider it when "
            "comparing with an earlier run",
            pt_br="os provedores diferem no ajuste e em alguns centavos: leve isso em conta "
            "ao comparar com uma execução anterior",
        ),
    ),
    FindingKind(
        code="PRC019",
        severity="warning",
        title=Text(en="stale prices", pt_br="cotações desatualizadas"),
        meaning=Text(
            en="The prices end before the last complete session.",
            pt_br="As cotações terminam antes do último pregão encerrado.",
        ),
        advice=Text(
            en="the forecast starts from an older close: fetch again when a provider is available",
            pt_br="a previsão parte de um fechamento mais antigo: baixe de novo quando um "
            "provedor estiver disponível",
        ),
    ),
)
