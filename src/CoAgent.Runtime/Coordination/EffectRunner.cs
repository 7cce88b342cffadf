using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;
using Microsoft.Extensions.Logging;

namespace CoAgent.Runtime.Coordination;

/// <summary>Carries out effects on the world, each on its own, and posts how they ended.</summary>
internal sealed partial class EffectRunner(IToolWorld world, Func<CoordinatorInput, ValueTask> post, ILogger logger)
{
    /// <summary>Carries out one effect.</summary>
    /// <param name="work">The effect, with what it takes.</param>
    /// <param name="cancellationToken">The workspace is going down: nothing is posted any more.</param>
    public async Task RunAsync(EffectWork work, CancellationToken cancellationToken)
    {
        var effect = work.Effect;
        CoordinatorInput.Ended ended;
        try
        {
            ended = effect switch
            {
                Effect.Execute execute => await ExecuteAsync(execute, work, cancellationToken),
                Effect.Read read => Conclude(
                    read,
                    await world.ReadAsync(
                        new ReadEffect(work.Call, work.Hidden, read.IsReread) { Declared = work.Declared }, cancellationToken),
                    capturedBytes: 0,
                    work.IsErrorAnOutcome),
                Effect.Invert invert => await InvertAsync(invert, work, cancellationToken),
                Effect.Probe probe => Conclude(probe, await world.ProbeAsync(work.Call, work.Captured, cancellationToken)),
                _ => throw new InvalidOperationException($"Nobody can carry out {effect.GetType().Name}."),
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // going down: the next start ends what was out
        }
        catch (CoordinatorStoppedException)
        {
            return;
        }
        catch (Exception fault)
        {
            LogFault(fault, effect.GetType().Name, $"{effect.Call}");
            ended = End(effect, new Outcome.Unknown(), "CoAgent itself failed at it; its log says how.");
        }

        await PostAsync(ended);
    }

    private async Task<CoordinatorInput.Ended> ExecuteAsync(
        Effect.Execute effect, EffectWork work, CancellationToken cancellationToken)
    {
        var write = new WriteEffect(work.Call, effect.IsReplay, work.Beneath) { Declared = work.Declared };
        switch (await world.PrepareAsync(write, cancellationToken))
        {
            case Preparation.NotPossible(var reason):
                return End(effect, new Outcome.NotDone(), reason);
            case Preparation.OutsideWrite:
                return End(effect, new Outcome.OutsideWrite(), reason: null);
            case Preparation.Ready ready:
                var intent = new CoordinatorInput.Prepared(effect.Id, effect.Call, ready.Before, effect.IsReplay);
                await post(intent);
                await WaitForDiskAsync(await intent.Answered);
                var execution = await world.ExecuteAsync(write, ready, cancellationToken);
                return Conclude(effect, execution, ready.Before.BytesTotal, work.IsErrorAnOutcome);
            case var other:
                throw new InvalidOperationException($"Nobody knows the preparation {other.GetType().Name}.");
        }
    }

    private async Task<CoordinatorInput.Ended> InvertAsync(
        Effect.Invert effect, EffectWork work, CancellationToken cancellationToken)
    {
        await WaitForDiskAsync(work.Durable);
        return await world.InvertAsync(work.Call, work.Captured, cancellationToken) switch
        {
            Inversion.Done => End(effect, new Outcome.Done(default), reason: null),
            Inversion.Failed(var reason) => End(effect, new Outcome.Failed(default), reason),
            Inversion.Unknown(var reason) => End(effect, new Outcome.Unknown(), reason),
            Inversion.OutsideWrite => End(effect, new Outcome.OutsideWrite(), "Somebody outside has changed what the call had left."),
            var other => throw new InvalidOperationException($"Nobody knows the inversion {other.GetType().Name}."),
        };
    }

    /// <summary>What cannot be made durable is not done, and ends the loop.</summary>
    private async Task WaitForDiskAsync(Task durable)
    {
        try
        {
            await durable;
        }
        catch (Exception fault)
        {
            await post(new CoordinatorInput.Faulted(fault));
            throw new CoordinatorStoppedException("The journal cannot be written.", fault);
        }
    }

    private static CoordinatorInput.Ended Conclude(Effect.World effect, Execution execution, long capturedBytes, bool isErrorAnOutcome)
    {
        switch (execution)
        {
            case Execution.Answered(var result, var after) answered:
                var digest = ResultText.DigestOf(answered.Compared ?? result);
                var isFailure = result.Kind == ToolResultKind.ProtocolError
                    || (result.Kind == ToolResultKind.ToolError && !isErrorAnOutcome);
                // What a read answers is an answer, also "not there".
                Outcome outcome = isFailure && effect is Effect.Execute
                    ? new Outcome.Failed(digest, capturedBytes)
                    : new Outcome.Done(digest, capturedBytes);
                return new CoordinatorInput.Ended(effect.Id, effect.Call, outcome, result, after, Reason: null);
            case Execution.NotDone(var reason):
                return End(effect, new Outcome.NotDone(), reason);
            case Execution.Unknown(var reason):
                return End(effect, new Outcome.Unknown(), reason);
            default:
                throw new InvalidOperationException($"Nobody knows the execution {execution.GetType().Name}.");
        }
    }

    private static CoordinatorInput.Ended Conclude(Effect.Probe effect, Finding finding) => finding switch
    {
        Finding.Happened => End(effect, new Outcome.Done(default), reason: null),
        Finding.DidNotHappen => End(effect, new Outcome.NotDone(), reason: null),
        Finding.Unclear => End(effect, new Outcome.Unknown(), reason: null),
        _ => throw new InvalidOperationException($"Nobody knows the finding {finding}."),
    };

    private static CoordinatorInput.Ended End(Effect.World effect, Outcome outcome, string? reason) =>
        new(effect.Id, effect.Call, outcome, Result: null, ReadOnlyMemory<byte>.Empty, reason);

    private async Task PostAsync(CoordinatorInput.Ended ended)
    {
        try
        {
            await post(ended);
        }
        catch (CoordinatorStoppedException)
        {
            // The loop has ended: the next start finds the effect out and ends it.
        }
    }

    [LoggerMessage(151, LogLevel.Error, "{Effect} of {Call} failed in CoAgent itself; its outcome is taken as unknown")]
    private partial void LogFault(Exception error, string effect, string call);
}
