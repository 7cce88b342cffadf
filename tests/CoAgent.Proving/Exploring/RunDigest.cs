using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Runs;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Exploring;

/// <summary>What a run is at a moment, whatever way led to it: two of the same digest go on in the same way.</summary>
internal static class RunDigest
{
    public static UInt128 Of(Run run)
    {
        var names = new CanonicalNames(run.State);
        var hash = default(Hash128);
        hash.Add(MachineDigest.Of(run.State, names));
        hash.Add(run.FaultsLeft);
        hash.Add(run.DisturbancesLeft);
        hash.Add(run.HasToldAgain);
        AddWorld(ref hash, run, names);
        AddOut(ref hash, run, names);
        foreach (var agent in run.Agents)
        {
            AddAgent(ref hash, run, agent, names);
        }

        return hash.Value;
    }

    private static void AddWorld(ref Hash128 hash, Run run, CanonicalNames names)
    {
        foreach (var content in run.World.Live.Concat(run.Ledger.Base))
        {
            hash.Add(content);
        }

        foreach (var call in run.State.Calls.Values.OrderBy(call => call.Position).Select(call => run.World.Calls[call.Id]))
        {
            hash.Add(names.Of(call.Id));
            AddCall(ref hash, call);
        }

        foreach (var quarantine in run.Quarantines)
        {
            hash.Add(run.IsReleasing(quarantine.Id));
            AddCall(ref hash, run.World.Calls[quarantine.Call]);
        }
    }

    private static void AddCall(ref Hash128 hash, WorldCall call)
    {
        hash.Add((long)call.Shape);
        hash.Add((call.IsIn ? 8 : 0) + (call.IsInDoubt ? 4 : 0) + (call.IsUndermined ? 2 : 0) + (call.IsSetRight ? 1 : 0));
        hash.Add(call.Tool.Text);
        hash.Add(call.Tool.With);
        for (var i = 0; i < call.Written.Length; i++)
        {
            hash.Add(call.Before[i]);
            hash.Add(call.After[i]);
        }
    }

    private static void AddOut(ref Hash128 hash, Run run, CanonicalNames names)
    {
        foreach (var effect in run.Out.OrderBy(effect => names.Of(effect.Call)).ThenBy(effect => effect.Id.Number))
        {
            hash.Add(names.Of(effect.Call));
            hash.Add(effect switch { Effect.Execute => 1L, Effect.Invert => 2, Effect.Probe => 3, _ => 4 });
            switch (effect)
            {
                case Effect.Execute execute:
                    hash.Add(execute.IsReplay);
                    hash.Add(execute.Beneath is { } later ? names.Of(later) : -2);
                    break;
                case Effect.Read read:
                    hash.Add(read.IsReread);
                    foreach (var hidden in read.Hidden)
                    {
                        hash.Add(names.Of(hidden));
                    }

                    break;
            }
        }
    }

    private static void AddAgent(ref Hash128 hash, Run run, ScriptedAgent agent, CanonicalNames names)
    {
        hash.Add(agent.IsDone);
        hash.Add(agent.IsAborted);
        if (agent.IsDone && agent.IsAborted)
        {
            return;
        }

        agent.AddTo(ref hash, names, notice => PlaceOf(run, agent, notice));
    }

    /// <summary>A notice's place among those of its transaction that are not settled; -1 for one that is.</summary>
    private static int PlaceOf(Run run, ScriptedAgent agent, NoticeId notice)
    {
        if (!run.State.Transactions.TryGetValue(agent.Transaction!.Value, out var transaction))
        {
            return -1;
        }

        return transaction.Notices.Open.Concat(transaction.Notices.Delivered).Select(pending => pending.Id).ToList().IndexOf(notice);
    }
}
