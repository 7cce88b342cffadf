using System.Text.Json;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Worlds;
using CoAgent.Runtime.Tools;
using CoAgent.Simulation.Running;

namespace CoAgent.Simulation.Worlds;

/// <summary>The objects, and the tools that work on them: slow, faulty, and alive when the daemon is not.</summary>
/// <remarks>An operation happens at one moment of simulated time; what a killed daemon had on its way happens or does not.</remarks>
internal sealed class SimulatedWorld(SimulatedTime time, Random random, int faultsMax)
{
    private readonly Dictionary<CallId, WorldCall> _calls = [];
    private readonly SimulatedTime _time = time;
    private readonly Random _random = random;
    private int _faultsLeft = faultsMax;
    private int _faultCount;

    /// <summary>What the objects hold now.</summary>
    public string?[] Live { get; } = Place.InitialContents();

    /// <summary>How many faults there have been.</summary>
    public int FaultCount => _faultCount;

    /// <summary>Learns what a call is: the name of one that no journal has heard of may be given again.</summary>
    public void Know(CallId id, Step step, ToolCall tool) => _calls[id] = new WorldCall(id, step, tool);

    /// <summary>The tools as one run of the daemon sees them.</summary>
    /// <param name="alive">Cancelled when the daemon is killed.</param>
    public IToolWorld For(CancellationToken alive) => new View(this, alive);

    /// <summary>The operator puts an object right.</summary>
    public void SetRight(CallId id, ReleaseVerdict verdict)
    {
        var call = _calls[id];
        for (var i = 0; i < call.Written.Length; i++)
        {
            Live[call.Written[i].Index] = call.Before[i];
        }

        if (verdict == ReleaseVerdict.Applied)
        {
            call.Tool.Run(Live);
        }
    }

    private bool TakeFault(int oneIn)
    {
        if (_faultsLeft == 0 || _random.Next(oneIn) != 0)
        {
            return false;
        }

        _faultsLeft--;
        _faultCount++;
        return true;
    }

    private static ToolResult Answer(ToolAnswer answer) => new(
        answer.IsError ? ToolResultKind.ToolError : ToolResultKind.Answer,
        JsonSerializer.SerializeToUtf8Bytes(new { content = new[] { new { type = "text", text = answer.Text } }, isError = answer.IsError }));

    private sealed class View(SimulatedWorld world, CancellationToken alive) : IToolWorld
    {
        private Random Random => world._random;

        public async ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken)
        {
            var call = world._calls[effect.Call.Id];
            await LatencyAsync();
            if (effect.Beneath is { } beneath)
            {
                if (!beneath.AfterUtf8.IsEmpty && !Snapshot.Holds(beneath.AfterUtf8, world.Live))
                {
                    return new Preparation.OutsideWrite();
                }

                var shown = (string?[])world.Live.Clone();
                Snapshot.Restore(beneath.Before.ManifestUtf8, shown);
                return Ready(call, shown);
            }

            return world.TakeFault(20) ? new Preparation.NotPossible("not now") : Ready(call, world.Live);
        }

        public async ValueTask<Execution> ExecuteAsync(
            WriteEffect effect, Preparation.Ready prepared, CancellationToken cancellationToken)
        {
            var call = world._calls[effect.Call.Id];
            await LatencyAsync();
            var fault = world.TakeFault(6) ? Random.Next(5) : -1;
            if (fault == 0)
            {
                return new Execution.NotDone("refused");
            }

            var isDone = fault != 1;
            var answer = !isDone || fault == 2 ? ToolCall.Fault
                : fault == 3 && !call.Step.IsIrreversible ? call.Tool.RunHalf(world.Live)
                : call.Tool.Run(world.Live);
            if (fault is 1 or 4)
            {
                return new Execution.Unknown("no answer came");
            }

            await LatencyAsync();
            return new Execution.Answered(Answer(answer), Snapshot.Of(call.Written, world.Live));
        }

        public async ValueTask<Inversion> InvertAsync(NamedCall named, Captured captured, CancellationToken cancellationToken)
        {
            await LatencyAsync();
            var isThere = captured.AfterUtf8.IsEmpty || Snapshot.Holds(captured.AfterUtf8, world.Live);
            if (!isThere && !Snapshot.Holds(captured.Before.ManifestUtf8, world.Live))
            {
                return new Inversion.OutsideWrite();
            }

            var fault = world.TakeFault(12) ? Random.Next(3) : -1;
            if (fault is 0 or 1)
            {
                return fault == 0 ? new Inversion.Failed("stuck") : new Inversion.Unknown("no answer came");
            }

            Snapshot.Restore(captured.Before.ManifestUtf8, world.Live);
            await LatencyAsync();
            return fault == 2 ? new Inversion.Unknown("no answer came") : new Inversion.Done();
        }

        public async ValueTask<Finding> ProbeAsync(NamedCall named, Captured captured, CancellationToken cancellationToken)
        {
            var call = world._calls[named.Id];
            await LatencyAsync();
            if (Snapshot.Holds(captured.Before.ManifestUtf8, world.Live))
            {
                return Finding.DidNotHappen;
            }

            var after = (string?[])world.Live.Clone();
            Snapshot.Restore(captured.Before.ManifestUtf8, after);
            call.Tool.Run(after);
            return Snapshot.Holds(Snapshot.Of(call.Written, after), world.Live) ? Finding.Happened : Finding.Unclear;
        }

        public async ValueTask<Execution> ReadAsync(ReadEffect effect, CancellationToken cancellationToken)
        {
            var call = world._calls[effect.Call.Id];
            await LatencyAsync();
            if (world.TakeFault(20))
            {
                return Random.Next(2) == 0 ? new Execution.NotDone("refused") : new Execution.Unknown("no answer came");
            }

            var shown = (string?[])world.Live.Clone();
            for (var i = effect.Hidden.Length - 1; i >= 0; i--)
            {
                Snapshot.Restore(effect.Hidden[i].Captured.Before.ManifestUtf8, shown);
            }

            var answer = call.Tool.Run(shown);
            await LatencyAsync();
            return new Execution.Answered(Answer(answer));
        }

        private static Preparation.Ready Ready(WorldCall call, string?[] contents)
        {
            for (var i = 0; i < call.Written.Length; i++)
            {
                call.Before[i] = contents[call.Written[i].Index];
            }

            return new Preparation.Ready(new Capture(Snapshot.Of(call.Written, contents), []));
        }

        /// <summary>Some time passes. What is on its way when the daemon is killed happens at once, or never.</summary>
        private async Task LatencyAsync()
        {
            if (Random.Next(3) > 0)
            {
                var delay = TimeSpan.FromMilliseconds(Random.Next(1, 50));
                await world._time.DelayAsync(delay, alive).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }

            if (alive.IsCancellationRequested && Random.Next(2) == 0)
            {
                throw new OperationCanceledException(alive);
            }
        }
    }
}
