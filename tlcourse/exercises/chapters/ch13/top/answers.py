"""Answers to "What investigators find in a day": right ones and wrong ones."""


# %% [right] a loop over the days
def card_precision(table, k):
    shares = []
    for _, day in table.groupby("day"):
        cards = day.groupby("card").agg(score=("score", "max"), stolen=("fraud", "max"))
        shares.append(cards.nlargest(k, "score").stolen.mean())
    return sum(shares) / len(shares)


# %% [right] dictionaries
def card_precision(table, k):
    days = {}
    for row in table.itertuples():
        score, stolen = days.setdefault(row.day, {}).get(row.card, (0, 0))
        days[row.day][row.card] = max(score, row.score), max(stolen, row.fraud)
    found = [sum(s for _, s in sorted(cards.values(), reverse=True)[:k]) / k for cards in days.values()]
    return sum(found) / len(found)


# %% [right] ranks
import numpy as np


def card_precision(table, k):
    each = table.groupby(["day", "card"], as_index=False).max()
    rank = each.groupby("day").score.rank(ascending=False, method="first")
    return float(np.mean(each[rank <= k].groupby("day").fraud.mean()))


# %% [wrong] payments: "count it once"
def card_precision(table, k):
    best = table.sort_values("score", ascending=False).groupby("day").head(k)
    return best.groupby("day").fraud.mean().mean()


# %% [wrong] all days: "its own list"
def card_precision(table, k):
    cards = table.groupby("card")[["score", "fraud"]].max()
    return cards.nlargest(k, "score").fraud.mean()


# %% [wrong] recall: "that is recall"
def card_precision(table, k):
    shares = []
    for _, day in table.groupby("day"):
        cards = day.groupby("card")[["score", "fraud"]].max()
        shares.append(cards.nlargest(k, "score").fraud.sum() / max(cards.fraud.sum(), 1))
    return sum(shares) / len(shares)


# %% [wrong] the best payment alone: "sees them all"
def card_precision(table, k):
    first = table.sort_values("score", ascending=False).drop_duplicates(["day", "card"])
    return first.groupby("day").head(k).groupby("day").fraud.mean().mean()


# %% [wrong] mean score: "highest of the day"
def card_precision(table, k):
    shares = []
    for _, day in table.groupby("day"):
        cards = day.groupby("card").agg(score=("score", "mean"), fraud=("fraud", "max"))
        shares.append(cards.nlargest(k, "score").fraud.mean())
    return sum(shares) / len(shares)


# %% [wrong] lowest: "lowest scores"
def card_precision(table, k):
    shares = []
    for _, day in table.groupby("day"):
        cards = day.groupby("card")[["score", "fraud"]].max().sort_values("score")
        shares.append(cards.head(k).fraud.mean())
    return sum(shares) / len(shares)


# %% [wrong] a sum: "That is a sum"
def card_precision(table, k):
    found = 0
    for _, day in table.groupby("day"):
        cards = day.groupby("card")[["score", "fraud"]].max()
        found += cards.nlargest(k, "score").fraud.sum()
    return found / k


# %% [wrong] the share of frauds of the table
def card_precision(table, k):
    return table.fraud.mean() + 0.001


# %% [wrong] scores, not frauds
def card_precision(table, k):
    cards = table.groupby(["day", "card"]).score.max()
    return cards.groupby("day").nlargest(k).mean() + 0.0003
