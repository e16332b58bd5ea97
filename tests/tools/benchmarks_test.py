#!/usr/bin/python3
"""What the benchmarks compute from what they measure, and what they promise their readers."""

import contextlib
import io
import json
import os
import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

from benchmarks import (accounting, arrangement, cpu_time, iperf, latency,  # noqa: E402
                        quiet, stage_costs, table)
from benchmarks.catalogue import BENCHMARKS  # noqa: E402
from benchmarks.figures import Figure, ratio  # noqa: E402
from benchmarks.goals import GOALS, goal_of  # noqa: E402
from benchmarks.options import Options  # noqa: E402
from benchmarks.results import Results, write_json  # noqa: E402

# The names that others rely on.
RELIED_ON = """
decrypt/tcp1/fraction_of_aead encrypt/tcp1/fraction_of_aead decrypt/tcp1/aead_cpu_share
decrypt/tcp1/segments_per_tun_write decrypt/udp84/vs_single_tun_write decrypt/tcp1/reordered
decrypt/overload/goodput_vs_peak latency/idle/p50_us latency/idle/p99_us scale/workers2/cpu_ratio
against/shared/throughput_ratio against/shared/up_cpu_ratio against/shared/down_cpu_ratio
against/split/up_cpu_ratio against/split/down_cpu_ratio
wireguard_go/split/up_cpu_ratio wireguard_go/split/down_cpu_ratio
""".split()


def promised():
    return {f"{bench.NAME}/{case}/{metric}" for bench in BENCHMARKS
            for case, metrics in bench.cases(Options()).items() for metric in metrics}


class Figures(unittest.TestCase):
    def test_the_median_of_an_odd_number_of_runs_is_one_of_them(self):
        self.assertEqual(Figure.of([9.0, 1.0, 2.0]), Figure(2.0, 3, 1.0, 9.0))

    def test_the_median_of_an_even_number_of_runs_lies_between_two(self):
        self.assertEqual(Figure.of([4, 1, 3, 2]).value, 2.5)

    def test_nothing_has_no_figure(self):
        with self.assertRaises(ValueError):
            Figure.of([])

    def test_a_ratio_to_nothing_is_refused(self):
        self.assertEqual(ratio(3, 4), 0.75)
        with self.assertRaises(ValueError):
            ratio(1, 0)


class Rows(unittest.TestCase):
    def setUp(self):
        self.results = Results()
        self.results.promise("a", "fast", {"rate": "Gbit/s", "loss": "1"})
        self.results.promise("a", "slow", {"rate": "Gbit/s"})

    def written(self):
        with tempfile.NamedTemporaryFile() as file:
            write_json(file.name, {"cpu": "any"}, self.results)
            return json.load(file)

    def test_a_figure_has_exactly_these_fields(self):
        for rate in (3, 1, 2):
            self.results.add("a", "fast", {"rate": rate})
        document = self.written()
        self.assertEqual(document["machine"], {"cpu": "any"})
        self.assertEqual(document["results"][0], {
            "bench": "a", "case": "fast", "metric": "rate", "value": 2, "unit": "Gbit/s",
            "runs": 3, "min": 1, "max": 3})

    def test_what_was_promised_and_not_measured_is_a_row_with_a_reason(self):
        rows = self.written()["results"]
        self.assertEqual(len(rows), 3)
        for row in rows:
            self.assertTrue(row["skipped"])
            self.assertNotIn("value", row)

    def test_a_case_that_failed_shows_no_figure_of_its_earlier_runs(self):
        self.results.add("a", "fast", {"rate": 1, "loss": 0})
        self.results.skip("a", "fast", "it fell over")
        self.results.skip("a", "fast", "and was then not there")
        self.assertEqual([row.skipped for row in self.results.rows()][:2], ["it fell over"] * 2)

    def test_some_metrics_of_a_case_can_be_missing_alone(self):
        self.results.add("a", "fast", {"rate": 1})
        self.results.skip("a", "fast", "not counted", metrics=("loss",))
        rate, loss, _ = self.results.rows()
        self.assertIsNone(rate.skipped)
        self.assertEqual(loss.skipped, "not counted")

    def test_a_metric_that_nobody_promised_is_refused(self):
        with self.assertRaises(KeyError):
            self.results.add("a", "fast", {"speed": 1})

    def test_the_table_names_goals_and_reasons(self):
        self.results.promise("latency", "idle", {"p50_us": "us", "p99_us": "us"})
        self.results.add("latency", "idle", {"p50_us": 30, "p99_us": 201})
        self.results.skip("a", "fast", "it fell over")
        out = io.StringIO()
        table.show("title", self.results.rows(), out)
        lines = out.getvalue().splitlines()
        self.assertTrue(next(line for line in lines if "p50_us" in line).endswith("must reached"))
        self.assertTrue(next(line for line in lines if "p99_us" in line).endswith("MISSED"))
        self.assertIn("skipped: it fell over", lines)


class Promises(unittest.TestCase):
    def test_every_name_that_others_rely_on_is_promised(self):
        self.assertEqual(set(RELIED_ON) - promised(), set())

    def test_every_goal_is_of_a_promised_metric(self):
        self.assertEqual(set(GOALS) - promised(), set())

    def test_goals_know_which_way_is_better(self):
        less, more = GOALS["latency/idle/p50_us"], GOALS["against/shared/throughput_ratio"]
        self.assertEqual([less.judge(value) for value in (19, 21, 41)], ["aim", "must", "missed"])
        self.assertEqual([more.judge(value) for value in (1.7, 1.5, 1.3)],
                         ["aim", "must", "missed"])

    def test_an_unaccounted_packet_misses_its_goal(self):
        results = Results()
        results.promise("e2e", "direct/accounting", accounting.METRICS)
        row = results.rows()[0]
        self.assertEqual([goal_of(row).judge(value) for value in (0, 1)], ["aim", "missed"])


class Wishes(unittest.TestCase):
    def test_only_takes_benchmarks_and_beginnings_of_cases(self):
        def wants(only, bench, case):
            return Options(only=(only,)).wants(bench, case)
        self.assertTrue(Options().wants("e2e", "direct/tcp1/up"))
        self.assertTrue(wants("e2e", "e2e", "direct/tcp1/up"))
        self.assertTrue(wants("e2e/direct", "e2e", "direct/tcp1/up"))
        self.assertTrue(wants("scale/peers1", "scale", "peers1"))
        self.assertFalse(wants("scale/peers1", "scale", "peers10000"))
        self.assertFalse(wants("e2e/relayed", "e2e", "direct/tcp1/up"))


class Accounting(unittest.TestCase):
    UP = ('2026-01-01T00:00:00Z INFO app packet totals direction=to_resource received=10 '
          'delivered=7 dropped=3 drops="replayed=1 bad_tag=2" received_bytes=99\n')
    DOWN = ('2026-01-01T00:00:00Z INFO app packet totals direction=to_client received=10 '
            'delivered=8 dropped=0 drops=none received_bytes=99\n')

    def test_received_less_delivered_less_every_named_drop(self):
        self.assertEqual(accounting.unaccounted(self.UP + self.DOWN),
                         {"up_unaccounted": 0, "down_unaccounted": 2})

    def test_a_log_without_both_lines_says_nothing(self):
        for log in ("", self.UP, self.UP + self.UP, self.UP + "packet totals direction=to_client"):
            with self.assertRaises(accounting.NoTotals):
                accounting.unaccounted(log)


class Iperf(unittest.TestCase):
    def test_tcp_counts_what_the_receiver_got(self):
        moved = iperf.received({"end": {
            "sum_sent": {"bytes": 1300, "seconds": 2.0},
            "sum_received": {"bytes": 1000, "seconds": 2.0}}}, iperf.Load("up"))
        self.assertEqual((moved.bytes, moved.lost_share), (1000, 0.0))
        self.assertEqual(moved.gbit_per_s(), 4e-6)

    def test_udp_counts_what_was_not_lost(self):
        moved = iperf.received({"end": {"sum": {
            "bytes": 12000, "packets": 10, "lost_packets": 4, "seconds": 1.0}}},
            iperf.Load("up", udp_bit_per_s=1))
        self.assertEqual((moved.bytes, moved.lost_share), (6 * 1200, 0.4))


class StageCosts(unittest.TestCase):
    # A million packets of 1280 bytes in 2 s, for 1.6 s of the gateway's time.
    ANSWER = {"packets": 1_000_000, "bytes": 1_280_000_000, "seconds": 2.0, "gbit_per_s": 5.12,
              "pps": 500_000, "cpu_s": 1.6, "reordered": 0, "lost": 3}

    def test_of_a_load(self):
        self.assertEqual(stage_costs.costs(self.ANSWER), {
            "gbit_per_s": 5.12, "packets_per_s": 500_000, "cpu_s_per_gb": 1.25, "cpu_share": 0.8,
            "reordered": 0, "lost": 3})

    def test_against_an_aead_of_one_microsecond(self):
        prices = {("sodium", "open", 1280): 1500, ("openssl", "open", 1280): 1000,
                  ("openssl", "seal", 1280): 100, ("openssl", "open", 64): 100}
        shares = stage_costs.against_aead(self.ANSWER, prices, "open")
        # 2 us passed per packet, of which 1.6 were the gateway's and 1 the AEAD's.
        self.assertAlmostEqual(shares["fraction_of_aead"], 0.5)
        self.assertAlmostEqual(shares["fraction_of_own_aead"], 0.5)
        self.assertAlmostEqual(shares["aead_cpu_share"], 0.625)

    def test_a_provider_that_is_no_yardstick_counts_as_the_gateways_own(self):
        prices = {("openssl", "open", 1280): 1000, ("another", "open", 1280): 500}
        shares = stage_costs.against_aead(self.ANSWER, prices, "open")
        self.assertAlmostEqual(shares["fraction_of_aead"], 0.5)
        self.assertAlmostEqual(shares["fraction_of_own_aead"], 0.25)
        self.assertAlmostEqual(shares["aead_cpu_share"], 0.3125)

    def test_what_a_tunnel_adds_is_the_difference_of_percentiles(self):
        sample = latency.added({"p50_us": 60, "p99_us": 90, "p999_us": 99},
                               {"p50_us": 20, "p99_us": 30, "p999_us": 33})
        self.assertEqual((sample["p50_us"], sample["p99_us"]), (40, 60))
        self.assertEqual((sample["tunnel_p50_us"], sample["plain_p50_us"]), (60, 20))

    def test_split_counts_all_work_of_its_core_and_shared_the_process(self):
        core = {"user_s": 0.5, "system_s": 0.25, "irq_s": 0.125, "softirq_s": 0.0625, "idle_s": 1}
        answer = {"process_cpu_seconds": 0.75, "cpus": [
            {"cpu": 0, **{kind: 9 for kind in core}}, {"cpu": 1, **core}]}
        self.assertEqual(arrangement.Split().watched_s(answer), 0.9375)
        self.assertEqual(arrangement.Shared().watched_s(answer), 0.75)


class Quiet(unittest.TestCase):
    """`foreign` says which share of a core others take during each attempt."""

    def taken(self, foreign):
        clock, attempts = [0.0], []

        def measure():
            attempts.append(len(attempts) + 1)
            begin = time.monotonic()
            time.sleep(0.02)
            clock[0] += foreign[len(attempts) - 1] * (time.monotonic() - begin)
            return attempts[-1]
        with contextlib.redirect_stderr(io.StringIO()):
            return quiet.undisturbed(measure, lambda: clock[0], 0), len(attempts)

    def test_an_undisturbed_attempt_is_the_last(self):
        self.assertEqual(self.taken([0.0, 0.9]), (1, 1))

    def test_a_disturbed_one_is_taken_again(self):
        self.assertEqual(self.taken([0.9, 0.0]), (2, 2))

    def test_of_disturbed_ones_the_least_disturbed_counts(self):
        self.assertEqual(self.taken([0.9, 0.5, 0.7, 0.0]), (2, 3))


class CpuTime(unittest.TestCase):
    def test_a_process_that_computes_takes_time_and_one_that_sleeps_does_not(self):
        def taken(work):
            before_s = cpu_time.process_s("self")
            work()
            return cpu_time.process_s("self") - before_s

        def compute():
            end = time.process_time() + 0.2
            while time.process_time() < end:
                pass
        self.assertAlmostEqual(taken(compute), 0.2, delta=0.05)
        self.assertLess(taken(lambda: time.sleep(0.2)), 0.05)

    def test_a_core_does_not_work_more_than_all_the_time(self):
        begin, before_s = time.monotonic(), cpu_time.busy_s(0)
        time.sleep(0.3)
        worked_s = cpu_time.busy_s(0) - before_s
        self.assertGreaterEqual(worked_s, -0.03)
        self.assertLessEqual(worked_s, time.monotonic() - begin + 0.03)

    def test_strangers_are_neither_kernel_threads_nor_descend_from_us(self):
        def stat(parent, user, system, children=0):
            # Fields as in proc(5), in hundredths of a second; names may be as evil as this one.
            return f"1 (a) R 9) S {parent} 1 1 0 -1 0 0 0 0 0 {user} {system} {children} 0 20 0"
        processes = {1: stat(0, 100, 0), 2: stat(0, 10000, 0), 40: stat(2, 0, 10000),
                     500: stat(1, 10, 20, children=30), 501: stat(500, 40, 0),
                     600: stat(500, 10000, 0), 601: stat(600, 10000, 0), 602: stat(601, 10000, 0)}
        with tempfile.TemporaryDirectory() as proc:
            for pid, text in processes.items():
                (pathlib.Path(proc) / str(pid)).mkdir()
                (pathlib.Path(proc) / str(pid) / "stat").write_text(text, encoding="ascii")
            ticks = 100 / os.sysconf("SC_CLK_TCK")
            self.assertAlmostEqual(cpu_time.strangers_s(600, proc), 2.0 * ticks)

    def test_a_core_that_is_not_there_is_an_error(self):
        with self.assertRaises(LookupError):
            cpu_time.busy_s(100000)


if __name__ == "__main__":
    unittest.main()
