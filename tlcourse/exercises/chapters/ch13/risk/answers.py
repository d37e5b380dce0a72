"""Answers to "A risk that knows no future": right ones and wrong ones."""

# %% [right] all pairs at once
import numpy as np


def terminal_risk(table, days, delay):
    t = table.time.to_numpy().astype("datetime64[s]").astype("int64") / 86400
    age = t[:, None] - t
    seen = (age >= delay) & (age < delay + days)
    seen &= table.terminal.to_numpy()[:, None] == table.terminal.to_numpy()
    return seen @ table.fraud.to_numpy() / np.maximum(seen.sum(axis=1), 1)


# %% [right] two rolling windows, one taken from the other
def terminal_risk(table, days, delay):
    risk = table.fraud * 0.0
    for terminal, rows in table.groupby("terminal"):
        one = rows.set_index("time").fraud
        long, short = f"{days + delay}D", f"{delay}D"
        frauds = one.rolling(long).sum() - one.rolling(short).sum()
        counts = one.rolling(long).count() - one.rolling(short).count()
        risk[rows.index] = (frauds / counts.clip(lower=1)).to_numpy()
    return risk


# %% [right] lists
def terminal_risk(table, days, delay):
    rows = list(zip(table.time, table.terminal, table.fraud))
    result = []
    for time, terminal, _ in rows:
        known = [
            f
            for t, where, f in rows
            if where == terminal and delay <= (time - t).total_seconds() / 86400 < delay + days
        ]
        result.append(sum(known) / len(known) if known else 0)
    return result


# %% [wrong] no delay: "not known at that moment"
import numpy as np


def terminal_risk(table, days, delay):
    risk = []
    for row in table.itertuples():
        age = (row.time - table.time).dt.total_seconds() / 86400
        risk.append(table.fraud[(table.terminal == row.terminal) & (age >= 0) & (age < days)].mean())
    return np.array(risk)


# %% [wrong] window too short: "Move both ends"
import numpy as np


def terminal_risk(table, days, delay):
    risk = []
    for row in table.itertuples():
        age = (row.time - table.time).dt.total_seconds() / 86400
        risk.append(table.fraud[(table.terminal == row.terminal) & (age >= delay) & (age < days)].mean())
    return np.nan_to_num(risk)


# %% [wrong] all of the past: "all of the past"
import numpy as np


def terminal_risk(table, days, delay):
    risk = []
    for row in table.itertuples():
        age = (row.time - table.time).dt.total_seconds() / 86400
        risk.append(table.fraud[(table.terminal == row.terminal) & (age >= delay)].mean())
    return np.nan_to_num(risk)


# %% [wrong] the future: "come later"
def terminal_risk(table, days, delay):
    return table.groupby("terminal").fraud.transform("mean")


# %% [wrong] all terminals: "own terminal only"
import numpy as np


def terminal_risk(table, days, delay):
    risk = []
    for row in table.itertuples():
        age = (row.time - table.time).dt.total_seconds() / 86400
        risk.append(table.fraud[(age >= delay) & (age < delay + days)].mean())
    return np.nan_to_num(risk)


# %% [wrong] a number of frauds: "give the share"
import numpy as np


def terminal_risk(table, days, delay):
    risk = []
    for row in table.itertuples():
        age = (row.time - table.time).dt.total_seconds() / 86400
        seen = (table.terminal == row.terminal) & (age >= delay) & (age < delay + days)
        risk.append(table.fraud[seen].sum())
    return np.array(risk)


# %% [wrong] not a number: "the risk is 0"
import numpy as np


def terminal_risk(table, days, delay):
    risk = []
    for row in table.itertuples():
        age = (row.time - table.time).dt.total_seconds() / 86400
        seen = (table.terminal == row.terminal) & (age >= delay) & (age < delay + days)
        risk.append(table.fraud[seen].mean())
    return np.array(risk)


# %% [wrong] another shape: "a number for each payment"
def terminal_risk(table, days, delay):
    return table.groupby("terminal").fraud.mean()


# %% [wrong] seconds taken for days
import numpy as np


def terminal_risk(table, days, delay):
    risk = []
    for row in table.itertuples():
        age = (row.time - table.time).dt.total_seconds()
        seen = (table.terminal == row.terminal) & (age >= delay) & (age < delay + days)
        risk.append(table.fraud[seen].mean())
    return np.nan_to_num(risk)


# %% [wrong] the last payments, not the last days
def terminal_risk(table, days, delay):
    shifted = table.groupby("terminal").fraud.shift(delay)
    return shifted.rolling(days, min_periods=1).mean().fillna(0)
