using CoAgent.Protocol;
using CoAgent.Protocol.Quarantines;
using CoAgent.Runtime.Coordination;
using CoAgent.Simulation.Worlds;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Simulation.Running;

/// <summary>Runs one daemon after the other over the same disk and world: each is killed at some journal entry, the last one lives.</summary>
internal sealed class DaemonHost(
    SimulatedScheduler scheduler, SimulatedTime time, SimulatedWorld world, SimulatedDisk disk, CoordinatorOptions options, Random random)
{
    private Daemon? _current;
    private Task _starting = Task.CompletedTask;

    /// <summary>How a write passes the premise gate.</summary>
    public GateMode Gate => options.Protocol.Gate;

    /// <summary>How many daemons are still to be killed.</summary>
    public int KillsLeft { get; private set; }

    /// <summary>How many have been.</summary>
    public int KillCount { get; private set; }

    /// <summary>The fault that ended a daemon; null while none did.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>From now on so many daemons are killed, one after the other; none when there are to be none.</summary>
    public void KillSome(int count)
    {
        KillsLeft = count;
        if (count > 0)
        {
            _current?.Journal?.KillAfter(EntriesOfALife());
        }
    }

    /// <summary>The daemon that runs; started when none does.</summary>
    public async Task<Coordinator> ConnectAsync()
    {
        while (_current is not { IsAlive: true, Coordinator: not null })
        {
            if (_starting.IsCompleted)
            {
                _starting = StartAsync();
            }

            await _starting;
        }

        return _current.Coordinator!;
    }

    /// <summary>Fails when a daemon does not run any more: the names that it would give are those of the next one.</summary>
    /// <exception cref="DaemonKilledException">It was killed.</exception>
    public void Require(Coordinator coordinator)
    {
        if (_current is not { IsAlive: true } daemon || daemon.Coordinator != coordinator)
        {
            throw new DaemonKilledException();
        }
    }

    /// <summary>Waits for an answer of the daemon that runs now.</summary>
    /// <exception cref="DaemonKilledException">It was killed before it answered.</exception>
    public async Task<T> Ask<T>(Coordinator coordinator, ValueTask<T> question)
    {
        var daemon = _current!;
        var answer = question.AsTask();
        if (daemon.Coordinator != coordinator)
        {
            throw new DaemonKilledException();
        }

        await Task.WhenAny(answer, daemon.Dead.Task);
        return daemon.IsAlive && answer.IsCompleted ? await answer : throw new DaemonKilledException();
    }

    /// <summary>
    /// Waits until nothing is open and nothing quarantined, and that is kept: an abort may go on after its agent has ended, and a
    /// daemon that is killed may take its end along.
    /// </summary>
    public async Task QuietAsync()
    {
        var quietSince = -1;
        while (true)
        {
            var isQuiet = await IsQuietAsync();
            if (isQuiet && quietSince == KillCount)
            {
                return;
            }

            quietSince = isQuiet ? KillCount : -1;
            await time.DelayAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }

    private async Task<bool> IsQuietAsync()
    {
        var coordinator = await ConnectAsync();
        try
        {
            var snapshot = await Ask(coordinator, coordinator.SnapshotAsync(CancellationToken.None));
            return snapshot.Open.IsEmpty && snapshot.Quarantines.IsEmpty;
        }
        catch (DaemonKilledException)
        {
            return false; // asked again of the next one
        }
    }

    /// <summary>The operator: puts right what is quarantined.</summary>
    public async Task OperateAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await time.DelayAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
            if (_current is { IsAlive: true, Coordinator: { } coordinator })
            {
                try
                {
                    await ReleaseAsync(coordinator);
                }
                catch (DaemonKilledException)
                {
                    // The next one still has it.
                }
            }
        }
    }

    private async Task ReleaseAsync(Coordinator coordinator)
    {
        foreach (var status in (await Ask(coordinator, coordinator.SnapshotAsync(CancellationToken.None))).Quarantines)
        {
            if (world.FaultCount == 0 && KillCount == 0)
            {
                throw new SimulationException($"{status.Quarantine} without any fault");
            }

            var verdict = random.Next(2) == 0 ? ReleaseVerdict.Applied : ReleaseVerdict.TakenBack;
            world.SetRight(status.Quarantine.Call, verdict);
            await Ask(coordinator, coordinator.ReleaseAsync(status.Quarantine.Id, verdict, CancellationToken.None));
        }
    }

    private async Task StartAsync()
    {
        // What the one before had on its way is over when the next one begins: its servers have died with it.
        await time.DelayAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        var daemon = new Daemon();
        _current = daemon;
        var entriesMax = KillsLeft > 0 ? EntriesOfALife() : int.MaxValue;
        var journal = new SimulatedJournal(disk, time, random, entriesMax, () => Kill(daemon));
        daemon.Journal = journal;
        var opening = Coordinator.OpenAsync(
            options, journal, world.For(daemon.Killed.Token), time, NullLoggerFactory.Instance, CancellationToken.None);
        await Task.WhenAny(opening, daemon.Dead.Task);
        if (daemon.IsAlive)
        {
            daemon.Coordinator = await opening;
            daemon.Running = scheduler.Start(() => WatchAsync(daemon));
        }
    }

    private async Task WatchAsync(Daemon daemon)
    {
        try
        {
            await daemon.Coordinator!.RunAsync(CancellationToken.None);
        }
        catch (Exception fault) when (daemon.IsAlive)
        {
            Fault = fault;
            throw;
        }
    }

    /// <summary>Many die young: a daemon begins by writing down what is left, and that is where reading begins.</summary>
    private int EntriesOfALife() => random.Next(3) == 0 ? random.Next(1, 6) : random.Next(1, 60);

    private void Kill(Daemon daemon)
    {
        KillsLeft--;
        KillCount++;
        daemon.Killed.Cancel();
        daemon.Dead.TrySetResult();
    }

    private sealed class Daemon
    {
        public CancellationTokenSource Killed { get; } = new();

        public TaskCompletionSource Dead { get; } = new();

        public bool IsAlive => !Dead.Task.IsCompleted;

        public Coordinator? Coordinator { get; set; }

        public SimulatedJournal? Journal { get; set; }

        public Task Running { get; set; } = Task.CompletedTask;
    }
}

/// <summary>The daemon that was asked is gone.</summary>
internal sealed class DaemonKilledException : Exception;
