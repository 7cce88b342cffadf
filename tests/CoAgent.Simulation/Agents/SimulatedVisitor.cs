using System.Collections.Immutable;
using System.Text;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Worlds;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;
using CoAgent.Simulation.Running;
using CoAgent.Simulation.Worlds;

namespace CoAgent.Simulation.Agents;

/// <summary>
/// An agent that looks at everything and goes without a finish. When it comes back it has to be told of all that it had read and
/// that is not so any more (protocol.md, section 7), whatever was deleted of the journal meanwhile.
/// </summary>
internal sealed class SimulatedVisitor(DaemonHost daemon, SimulatedWorld world, SimulatedTime time)
{
    private static readonly TimeSpan Rechecked = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(15);
    private static readonly AgentId Id = AgentId.Create("visitor");

    /// <summary>What it has read, and what it was last told that this returns.</summary>
    private readonly Dictionary<CallId, (Place Place, string Told)> _reads = [];

    /// <summary>How many of its reads it was told to be others now.</summary>
    public int ToldCount { get; private set; }

    /// <summary>Comes, looks at everything, and goes.</summary>
    /// <exception cref="SimulationException">It was not told what it has to know.</exception>
    public async Task VisitAsync()
    {
        await UntilDoneAsync(LookAsync);
        foreach (var (call, (place, told)) in _reads)
        {
            if (told != Content(place))
            {
                throw new SimulationException($"the visitor believes by {call} that {place.Name} is {told}, and it is {Content(place)}");
            }
        }

        await UntilDoneAsync(LeaveAsync);
    }

    private async Task UntilDoneAsync(Func<Coordinator, Task<bool>> work)
    {
        var isDone = false;
        while (!isDone)
        {
            try
            {
                isDone = await work(await daemon.ConnectAsync());
            }
            catch (DaemonKilledException)
            {
                // What was on its way is found out from the next one.
            }
        }
    }

    private async Task<bool> LookAsync(Coordinator coordinator)
    {
        await daemon.Ask(coordinator, coordinator.BeginAsync(Id, given: null, CancellationToken.None));
        await time.DelayAsync(Rechecked, CancellationToken.None);
        foreach (var place in Place.All)
        {
            await ReadAsync(coordinator, place);
        }

        return true;
    }

    private async Task ReadAsync(Coordinator coordinator, Place place)
    {
        daemon.Require(coordinator);
        var (id, step) = (coordinator.NameCall(), new Step(Verb.Read, place));
        world.Know(id, step, step.Bind([]));
        var named = new NamedCall(id, Id, new ToolRequest("sim", "Read", Encoding.UTF8.GetBytes($"{{\"place\":\"{place.Name}\"}}")));
        var answer = await daemon.Ask(coordinator, coordinator.CallAsync(
            new CallProposal(named, Given: null, new ToolDeclaration(step.Declaration)), CancellationToken.None));
        if (answer is not CallAnswer.Decided { Result: CallResult.Read, Tool: { } result } decided)
        {
            throw new SimulationException($"the visitor reads {place.Name} and is told {answer}");
        }

        _reads[id] = (place, ResultText.Of(result));
        Hear(decided.Notices);
    }

    private void Hear(ImmutableArray<ToldNotice> notices)
    {
        foreach (var entry in notices.Where(static told => told.Notice.Kind == NoticeKind.Stale).SelectMany(static told => told.Entries))
        {
            if (entry.Now is { } now && _reads.TryGetValue(entry.Id, out var read))
            {
                _reads[entry.Id] = read with { Told = ResultText.Of(now) };
                ToldCount++;
            }
        }
    }

    /// <returns>Whether it is gone, and that is kept.</returns>
    private async Task<bool> LeaveAsync(Coordinator coordinator)
    {
        if (await daemon.Ask(coordinator, coordinator.OpenTransactionOfAsync(Id, CancellationToken.None)) is null)
        {
            var kills = daemon.KillCount;
            await time.DelayAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
            return kills == daemon.KillCount;
        }

        await daemon.Ask(coordinator, DisconnectAsync(coordinator));
        await time.DelayAsync(Gone, CancellationToken.None);
        return false;
    }

    private static async ValueTask<bool> DisconnectAsync(Coordinator coordinator)
    {
        await coordinator.DisconnectedAsync(Id, CancellationToken.None);
        return true;
    }

    private string Content(Place place) => world.Live[place.Index] ?? "-";
}
