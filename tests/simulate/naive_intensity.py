"""The true expected counts worked out one address, hour and incident at a time."""

import numpy as np

from evenbeat.core.simulate.near_repeats import near_repeat_kernel, repeat_lag_shares


def _share_of_hour(hours, hour, start_s, end_s):
    begin = hours.starts_s[hour]
    return max(0.0, min(begin + 3600, end_s) - max(begin, start_s)) / 3600.0


def expected_at_addresses(city, crime_type, shift, history_until=None):
    """Return the expected count of one shift at every address."""
    process, hours = city.processes[crime_type], city.hours
    found = city.happenings[crime_type]
    n_addresses = len(city.ground.addresses)
    kernel = np.zeros((n_addresses, n_addresses))
    index, weight = near_repeat_kernel(city.ground, np.arange(n_addresses))
    for origin in range(n_addresses):
        for target, mass in zip(index[origin], weight[origin], strict=True):
            kernel[origin, target] += mass

    background = _background_by_hour(process, n_addresses)
    until = hours.n_days if history_until is None else hours.day_of(history_until)
    by_day = {day: np.zeros(n_addresses) for day in range(until)}
    for address, hour in zip(found.address, found.hour, strict=True):
        if hours.day[hour] < until:
            by_day[hours.day[hour]][address] += 1
    last = hours.day[np.searchsorted(hours.starts_s, shift.end.timestamp())]
    for day in range(until, last):
        by_day[day] = _day_total(process, kernel, background, by_day, day)

    total = np.zeros(n_addresses)
    start_s, end_s = shift.start.timestamp(), shift.end.timestamp()
    for hour in range(len(hours)):
        share = _share_of_hour(hours, hour, start_s, end_s)
        if share > 0:
            triggered = _triggered(process, kernel, by_day, hours.day[hour])
            total += share * (background[hour] + process.hour_share[hour] * triggered)
    return total


def _background_by_hour(process, n_addresses):
    background = {}
    for hour in range(len(process.hours)):
        rate = np.zeros(n_addresses)
        for component, hourly in process.hourly.items():
            rate += hourly[hour] * process.spatial(component)
        background[hour] = rate
    for source, hours, rates in process.local_rates():
        for hour, rate in zip(hours, rates, strict=True):
            mass = rate * process.local.weight[source]
            np.add.at(background[hour], process.local.address[source], mass)
    return background


def _triggered(process, kernel, by_day, day):
    lag = repeat_lag_shares()
    total = np.zeros(len(kernel))
    for earlier, counts in by_day.items():
        if 0 < day - earlier < lag.size:
            total += process.profile.branching * lag[day - earlier] * (counts @ kernel)
    return total


def _day_total(process, kernel, background, by_day, day):
    total = _triggered(process, kernel, by_day, day)
    for hour in np.flatnonzero(process.hours.day == day):
        total = total + background[hour]
    return total
