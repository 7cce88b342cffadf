using System.Numerics;
using CoAgent.Protocol;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Runs;
using CoAgent.Proving.Serial;

namespace CoAgent.Proving.Exploring;

/// <summary>Goes through every run that a scenario has: every choice at every moment.</summary>
/// <remarks>
/// Depth first. Moments that go on in the same way are gone through once, and the ways to the end are counted from there:
/// so all schedules are covered, and there are far fewer moments than schedules. The machine's state is changed in place,
/// so going back means starting again with the choices made so far.
/// </remarks>
internal sealed class Explorer
{
    private readonly Scenario _scenario;
    private readonly ProofOptions _options;
    private readonly SerialEnd _serial;
    private readonly Dictionary<UInt128, BigInteger> _known = [];
    private readonly HashSet<UInt128> _onPath = [];
    private readonly List<Moment> _path = [];
    private long _choiceCount;

    private Explorer(Scenario scenario, ProofOptions options)
    {
        _scenario = scenario;
        _options = options;
        _serial = SerialOracle.Run(scenario);
    }

    /// <summary>Explores one scenario; stops at the first violation.</summary>
    public static ExploredScenario Explore(Scenario scenario, ProofOptions options)
    {
        var explorer = new Explorer(scenario, options);
        Violation? violation;
        try
        {
            violation = explorer.Walk();
        }
        catch (Exception exception) when (Violation.Of(exception, scenario, []) is not null)
        {
            violation = Violation.Of(exception, scenario, explorer.Schedule());
        }

        return new ExploredScenario(scenario, violation, explorer._known.Count, explorer._choiceCount, explorer.ScheduleCount);
    }

    private BigInteger ScheduleCount { get; set; }

    private Violation? Walk()
    {
        var run = new Run(_scenario, _options, _serial);
        if (Enter(run) is { } atOnce)
        {
            return atOnce;
        }

        while (_path.Count > 0)
        {
            var moment = _path[^1];
            if (!moment.HasNext)
            {
                Leave(moment);
                run = null;
                continue;
            }

            run ??= Replay();
            _choiceCount++;
            run.Take(moment.TakeNext(), isChecked: true);
            if (Enter(run) is { } violation)
            {
                return violation;
            }

            run = _path[^1] == moment ? null : run;
        }

        return null;
    }

    /// <summary>Comes to a moment: one that is known counts with what is known of it, a new one is gone into.</summary>
    private Violation? Enter(Run run)
    {
        var digest = RunDigest.Of(run);
        if (_known.TryGetValue(digest, out var count))
        {
            Count(count);
            return null;
        }

        if (run.IsOver)
        {
            _known.Add(digest, BigInteger.One);
            Count(BigInteger.One);
            return null;
        }

        var choices = run.Choices();
        var what = !_onPath.Add(digest) ? "the run comes back to where it has been: it can go on forever"
            : !choices.Exists(choice => choice.IsProgress) ? "nobody can do anything, and not everybody is done"
            : _path.Count >= _options.ChoicesMax ? $"it goes on after {_path.Count} choices"
            : null;
        _path.Add(new Moment(digest, choices));
        return what is null ? null : new Violation(_scenario, Schedule(), "liveness", what);
    }

    private void Leave(Moment moment)
    {
        _path.RemoveAt(_path.Count - 1);
        _onPath.Remove(moment.Digest);
        _known.Add(moment.Digest, moment.ScheduleCount);
        Count(moment.ScheduleCount);
    }

    private void Count(BigInteger schedules)
    {
        if (_path.Count > 0)
        {
            _path[^1].ScheduleCount += schedules;
        }
        else
        {
            ScheduleCount = schedules;
        }
    }

    private Run Replay()
    {
        var run = new Run(_scenario, _options, _serial);
        for (var i = 0; i < _path.Count - 1; i++)
        {
            run.Take(_path[i].Taken, isChecked: false);
        }

        return run;
    }

    private List<int> Schedule() => [.. _path.Where(moment => moment.HasTaken).Select(moment => moment.TakenNumber)];

    /// <summary>A moment on the way to the present one.</summary>
    private sealed class Moment(UInt128 digest, List<Choice> choices)
    {
        private int _next;

        public UInt128 Digest => digest;

        public BigInteger ScheduleCount { get; set; }

        public bool HasNext => _next < choices.Count;

        public bool HasTaken => _next > 0;

        public int TakenNumber => _next - 1;

        public Choice Taken => choices[_next - 1];

        public Choice TakeNext() => choices[_next++];
    }
}

/// <summary>What came of exploring a scenario.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Violation">What is wrong with it; null when nothing is.</param>
/// <param name="StateCount">How many different moments there are.</param>
/// <param name="ChoiceCount">How many choices were made to come to them.</param>
/// <param name="ScheduleCount">How many ways there are from the start to an end.</param>
internal sealed record ExploredScenario(
    Scenario Scenario, Violation? Violation, long StateCount, long ChoiceCount, BigInteger ScheduleCount);
