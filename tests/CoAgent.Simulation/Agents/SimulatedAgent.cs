using System.Collections.Immutable;
using System.Text;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Worlds;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;
using CoAgent.Simulation.Running;
using CoAgent.Simulation.Worlds;

namespace CoAgent.Simulation.Agents;

/// <summary>An agent that follows a program through a daemon that may be killed, and repairs itself: from the first stale step on it takes back and does again.</summary>
internal sealed class SimulatedAgent(int index, AgentProgram program, DaemonHost daemon, SimulatedWorld world, SimulatedTime time, Random random)
{
    private const int Nothing = int.MaxValue;

    private readonly string?[] _answers = new string?[program.Steps.Length];
    private readonly CallId?[] _calls = new CallId?[program.Steps.Length];
    private readonly bool[] _isMade = new bool[program.Steps.Length];
    private readonly bool[] _isSent = new bool[program.Steps.Length];
    private readonly HashSet<int> _undone = [];
    private readonly Queue<NoticeId> _toResolve = [];
    private int _staleFrom = Nothing;

    public AgentId Id { get; } = AgentId.Create($"agent{index}");

    public bool IsAborted { get; private set; }

    /// <summary>What it was last told by each step; null for what it did not do.</summary>
    public IReadOnlyList<string?> Answers => _answers;

    /// <summary>Whether nobody could tell it if its mail went out.</summary>
    public bool IsUncertain { get; private set; }

    /// <summary>What it is at, for who wonders why nothing goes on.</summary>
    public string Doing { get; private set; } = "not begun";

    /// <summary>Begins its transaction before it does anything.</summary>
    public async Task BeginAsync()
    {
        var isBegun = false;
        while (!isBegun)
        {
            var coordinator = await daemon.ConnectAsync();
            try
            {
                Began(await daemon.Ask(coordinator, coordinator.BeginAsync(Id, given: null, CancellationToken.None)));
                isBegun = true;
            }
            catch (DaemonKilledException)
            {
                // The next one says whether it went through.
            }
        }
    }

    public async Task RunAsync()
    {
        while (true)
        {
            var coordinator = await daemon.ConnectAsync();
            try
            {
                if (await FollowAsync(coordinator))
                {
                    return;
                }
            }
            catch (DaemonKilledException)
            {
                // What was on its way is found out from the next one.
            }
        }
    }

    /// <returns>Whether it is done.</returns>
    private async Task<bool> FollowAsync(Coordinator coordinator)
    {
        var open = await daemon.Ask(coordinator, coordinator.OpenTransactionOfAsync(Id, CancellationToken.None));
        if (open is null && _hasBegun)
        {
            return true; // its finish went through, and the answer was lost
        }

        open ??= Began(await daemon.Ask(coordinator, coordinator.BeginAsync(Id, given: null, CancellationToken.None)));
        _hasBegun = true;
        await TakeStockAsync(coordinator, open.Id);
        while (true)
        {
            Doing = $"{Id}: stale from {_staleFrom}, made {string.Join("", _isMade.Select(made => made ? 1 : 0))}, {_calls.Count(call => call is not null)} calls";
            if (_staleFrom != Nothing)
            {
                await TakeBackAsync(coordinator, open.Id);
                continue;
            }

            if (_toResolve.TryPeek(out var notice))
            {
                await daemon.Ask(
                    coordinator, coordinator.ResolveAsync(open.Id, notice, NoticeDecision.Revised, reason: null, CancellationToken.None));
                _toResolve.Dequeue();
                continue;
            }

            var next = Array.FindIndex(_isMade, isMade => !isMade);
            if (next >= 0)
            {
                if (await MakeAsync(coordinator, open.Id, next))
                {
                    return true;
                }

                continue;
            }

            Doing += ", finishing" + _waitsFor;
            var finish = await daemon.Ask(coordinator, coordinator.FinishAsync(open.Id, TimeSpan.FromSeconds(20), CancellationToken.None));
            switch (finish.Result)
            {
                case FinishResult.Finished:
                    return true;
                case FinishResult.Waiting waiting:
                    _waitsFor = $", ranks {string.Join(' ', waiting.Ranks)}, open {string.Join(' ', waiting.OpenCalls)}, "
                        + $"displaced {string.Join(' ', waiting.Displaced)}, quarantines {string.Join(' ', waiting.Quarantines)}";
                    Hear(finish.Notices);
                    Hear(finish.Changed);
                    await time.DelayAsync(TimeSpan.FromMilliseconds(1), CancellationToken.None);
                    break;
                default:
                    throw new SimulationException($"{Id} finishes and is told {finish.Result}");
            }
        }
    }

    private bool _hasBegun;
    private string _waitsFor = "";

    private static Transaction Began(BeginResult result) =>
        result is BeginResult.Open open ? open.Transaction : throw new SimulationException($"nobody can begin: {result}");

    /// <summary>After a daemon was killed: calls whose answers were lost are not relied on.</summary>
    private async Task TakeStockAsync(Coordinator coordinator, TransactionId transaction)
    {
        var known = await daemon.Ask(coordinator, coordinator.CallsAsync(transaction, CancellationToken.None));
        if (_pending is { } pending)
        {
            var state = known.FirstOrDefault(status => status.Call.Id == pending.Call)?.State;
            if (!program.Steps[pending.Step].IsIrreversible)
            {
                _calls[pending.Step] = state is null ? null : pending.Call;
                _staleFrom = state is null ? _staleFrom : Math.Min(_staleFrom, pending.Step);
            }
            else if (state is not null)
            {
                // Nobody can say any more whether the mail went out: it is not sent twice.
                (IsUncertain, _isMade[pending.Step], _isSent[pending.Step]) = (true, true, true);
            }
        }

        _pending = null;
    }

    private (int Step, CallId Call)? _pending;

    /// <returns>Whether the agent is done with it.</returns>
    private async Task<bool> MakeAsync(Coordinator coordinator, TransactionId transaction, int at)
    {
        var step = program.Steps[at];
        await time.DelayAsync(TimeSpan.FromMilliseconds(random.Next(1, 200)), CancellationToken.None);
        if (step.Verb == Verb.Abort)
        {
            IsAborted = true;
            await daemon.Ask(coordinator, coordinator.AbortAsync(transaction, CancellationToken.None));
            return true;
        }

        if (_undone.Contains(at) || !(step.When?.Holds(_answers) ?? true))
        {
            _isMade[at] = true;
            return false;
        }

        if (step.Verb == Verb.Undo)
        {
            await UndoAsync(coordinator, transaction, at);
            return false;
        }

        await CallAsync(coordinator, at, step);
        return false;
    }

    private async Task CallAsync(Coordinator coordinator, int at, Step step)
    {
        daemon.Require(coordinator);
        var id = coordinator.NameCall();
        var tool = step.Bind(_answers);
        world.Know(id, step, tool);
        var named = new NamedCall(id, Id, new ToolRequest("sim", $"{step.Verb}", Encoding.UTF8.GetBytes($"{{\"text\":\"{tool.Text}\"}}")));
        _pending = (at, id);
        var answer = await daemon.Ask(coordinator, coordinator.CallAsync(
            new CallProposal(named, Given: null, new ToolDeclaration(step.Declaration)), CancellationToken.None));
        _pending = null;
        if (answer is not CallAnswer.Decided decided)
        {
            throw new SimulationException($"{Id}: {answer}");
        }

        Take(at, id, decided);
        Hear(decided.Notices);
        Hear(decided.Changed);
        if (decided.Result is CallResult.Unknown { Quarantine: not null } or CallResult.Refused { Refusal: Refusal.Quarantined })
        {
            await time.DelayAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }

    private void Take(int at, CallId id, CallAnswer.Decided decided)
    {
        switch (decided.Result)
        {
            case CallResult.Applied or CallResult.Read or CallResult.Failed:
                var text = ResultText.Of(decided.Tool ?? throw new SimulationException($"{id} was answered without an answer"));
                if (text != ToolCall.Fault.Text)
                {
                    (_answers[at], _calls[at], _isMade[at], _isSent[at]) = (text, id, true, true);
                }
                else if (!program.Steps[at].IsIrreversible)
                {
                    // It is tried again; mail that failed was not sent.
                    (_calls[at], _staleFrom) = (id, Math.Min(_staleFrom, at));
                }

                break;
            case CallResult.Deferred:
                (_answers[at], _calls[at], _isMade[at], _isSent[at]) = (null, id, true, false);
                break;
            case CallResult.Unknown when program.Steps[at].IsIrreversible:
                (IsUncertain, _isMade[at], _isSent[at]) = (true, true, true);
                break;
            case CallResult.Unknown:
                (_calls[at], _staleFrom) = (id, Math.Min(_staleFrom, at));
                break;
            case CallResult.Gated or CallResult.NotDone or CallResult.TakenBack or CallResult.Cancelled:
                break;
            case CallResult.Refused { Refusal: Refusal.Quarantined }:
                break;
            default:
                throw new SimulationException($"{Id}, step {at}: {decided.Result}");
        }
    }

    private async Task UndoAsync(Coordinator coordinator, TransactionId transaction, int at)
    {
        var taken = program.Steps[at].Undone;
        if (_calls[taken] is { } call)
        {
            await TakeBackAsync(coordinator, transaction, [call]);
        }

        _undone.Add(taken);
        (_answers[taken], _calls[taken], _isMade[at]) = (null, null, true);
    }

    /// <summary>Starts anew at the first stale step.</summary>
    private async Task TakeBackAsync(Coordinator coordinator, TransactionId transaction)
    {
        var from = _staleFrom;
        ImmutableArray<CallId> calls =
        [
            .. Enumerable.Range(from, _calls.Length - from)
                .Where(step => _calls[step] is not null && !program.Steps[step].IsRead && !IsSent(step))
                .Select(step => _calls[step]!.Value),
        ];
        _staleFrom = Nothing;
        for (var step = from; step < _calls.Length; step++)
        {
            if (!IsSent(step))
            {
                (_answers[step], _isMade[step]) = (null, false);
                _undone.Remove(step);
            }
        }

        if (!calls.IsEmpty)
        {
            _staleFrom = from; // until it has been taken back, also when the daemon is killed meanwhile
            await TakeBackAsync(coordinator, transaction, calls);
            _staleFrom = _staleFrom < from ? _staleFrom : Nothing; // it may have heard of more
        }

        for (var step = from; step < _calls.Length; step++)
        {
            _calls[step] = null;
        }
    }

    /// <summary>Whether a step is mail that went out, or may have: it is not sent twice.</summary>
    private bool IsSent(int step) => program.Steps[step].IsIrreversible && _isSent[step];

    private async Task TakeBackAsync(Coordinator coordinator, TransactionId transaction, ImmutableArray<CallId> calls)
    {
        while (true)
        {
            var answer = await daemon.Ask(coordinator, coordinator.UndoAsync(transaction, calls, CancellationToken.None));
            Hear(answer.Notices);
            Hear(answer.Changed);
            calls = [.. answer.Calls.Where(undone => undone.Refusal is Refusal.Quarantined).Select(undone => undone.Call)];

            // What cannot be taken back because mail has gone out above it: nobody can say what that mail should have said.
            IsUncertain |= answer.Calls.Any(undone => undone is { Fate: UndoFate.Kept, Refusal: Refusal.Irreversible });
            if (calls.IsEmpty)
            {
                return;
            }

            await time.DelayAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }

    private void Hear(ImmutableArray<ToldNotice> notices)
    {
        foreach (var notice in notices)
        {
            if (daemon.Gate == GateMode.Acknowledge && !_toResolve.Contains(notice.Notice.Id))
            {
                _toResolve.Enqueue(notice.Notice.Id);
            }

            if (notice.Notice.Kind == NoticeKind.Overflow)
            {
                _staleFrom = 0;
            }

            foreach (var entry in notice.Notice.Entries)
            {
                Stale(entry.Call);
            }
        }
    }

    private void Hear(ImmutableArray<ToldChange> changes)
    {
        foreach (var change in changes)
        {
            Stale(change.Entry.Id);
        }
    }

    private void Stale(CallId call)
    {
        if (Array.IndexOf(_calls, call) is var step and >= 0)
        {
            _staleFrom = Math.Min(_staleFrom, step);
        }
    }
}
