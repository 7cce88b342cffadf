using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>What became of a list of steps.</summary>
public abstract record StepsEnd
{
    private StepsEnd()
    {
    }

    /// <summary>All were done.</summary>
    /// <param name="Values">The values, with what was saved.</param>
    /// <param name="Saved">What was saved, by name.</param>
    /// <param name="Answers">What each step answered that was done; a failed one that may fail, null.</param>
    public sealed record Done(
        TemplateValues Values,
        ImmutableSortedDictionary<string, JsonElement> Saved,
        ImmutableArray<JsonElement?> Answers) : StepsEnd;

    /// <summary>One failed; those before it were done.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Failed(string Reason) : StepsEnd;

    /// <summary>One may have been done; those before it were.</summary>
    /// <param name="Reason">Why nobody knows.</param>
    public sealed record Unknown(string Reason) : StepsEnd;
}

/// <summary>Does the steps of a manifest, in order, for one call.</summary>
/// <remarks>No value becomes a word of a shell: programs get arguments one by one, scripts get variables and files.</remarks>
/// <param name="server">The server whose tool it is.</param>
/// <param name="call">The call that the steps are for.</param>
/// <param name="ports">The world.</param>
public sealed class StepRun(ForeignServer server, NamedCall call, ExecutionPorts ports)
{
    /// <summary>Does them.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="values">What their templates are filled from.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async ValueTask<StepsEnd> RunAsync(ImmutableArray<Step> steps, TemplateValues values, CancellationToken cancellationToken)
    {
        var saved = ImmutableSortedDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
        var answers = ImmutableArray.CreateBuilder<JsonElement?>();
        foreach (var step in steps)
        {
            switch (step.When?.Holds(values))
            {
                case ConditionResult.NotPossible unknown:
                    return new StepsEnd.Failed(unknown.Reason);
                case ConditionResult.Decided { Holds: false }:
                    continue;
            }

            switch (await DoAsync(step, values, cancellationToken))
            {
                case StepAnswer.Given given:
                    answers.Add(given.Value);
                    if (step.Save is { } name)
                    {
                        saved[name] = given.Value;
                        values = values.With(name, given.Value);
                    }

                    break;
                case StepAnswer.Failed when step.AllowsFailure:
                    answers.Add(item: null);
                    break;
                case StepAnswer.Failed failed:
                    return new StepsEnd.Failed(failed.Reason);
                case StepAnswer.Unknown unknown:
                    return new StepsEnd.Unknown(unknown.Reason);
            }
        }

        return new StepsEnd.Done(values, saved.ToImmutable(), answers.ToImmutable());
    }

    private ValueTask<StepAnswer> DoAsync(Step step, TemplateValues values, CancellationToken cancellationToken) => step switch
    {
        Step.Call tool => CallAsync(tool, values, cancellationToken),
        Step.Run run => RunAsync(run, values, cancellationToken),
        Step.Script script => ScriptAsync(script, values, cancellationToken),
        _ => throw new InvalidOperationException("A step is one of three kinds."),
    };

    private async ValueTask<StepAnswer> CallAsync(Step.Call step, TemplateValues values, CancellationToken cancellationToken) =>
        step.Arguments.Fill(values) switch
        {
            ValueResult.Filled filled => StepAnswer.Of(
                step.Tool, await ports.Calls.CallAsync(call, step.Tool, filled.Utf8, cancellationToken)),
            ValueResult.LeftOut => StepAnswer.Of(
                step.Tool, await ports.Calls.CallAsync(call, step.Tool, "{}"u8.ToArray(), cancellationToken)),
            ValueResult.NotPossible no => new StepAnswer.Failed(no.Reason),
            _ => throw new InvalidOperationException("A value is filled in, left out or not possible."),
        };

    private async ValueTask<StepAnswer> RunAsync(Step.Run step, TemplateValues values, CancellationToken cancellationToken)
    {
        var filling = new ProgramTexts(values);
        var arguments = step.Arguments.SelectMany(template => filling.All(template)).ToImmutableArray();
        var environment = filling.Each(step.Environment);
        var input = step.Input is null ? "" : string.Concat(filling.Of(step.Input));
        if (filling.Reason is { } reason || arguments.IsEmpty)
        {
            return new StepAnswer.Failed(filling.Reason ?? "no program is left to run");
        }

        var start = Start(arguments, environment) with { Input = Encoding.UTF8.GetBytes(input) };
        return StepAnswer.Of(arguments[0], await ports.Programs.RunAsync(start, cancellationToken));
    }

    private async ValueTask<StepAnswer> ScriptAsync(Step.Script step, TemplateValues values, CancellationToken cancellationToken)
    {
        var filling = new ProgramTexts(values);
        var environment = filling.Each(step.Environment);
        var files = filling.Contents(step.Files);
        if (filling.Reason is { } reason)
        {
            return new StepAnswer.Failed(reason);
        }

        var folder = Directory.CreateTempSubdirectory("coagent-capture-").FullName;
        try
        {
            foreach (var (name, content) in files)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, name), content, cancellationToken);
            }

            var start = Start(["sh", "-eu", "-c", step.Text], environment.SetItem("CAPTURE", folder)) with { CaptureDirectory = folder };
            return StepAnswer.Of("the script", await ports.Programs.RunAsync(start, cancellationToken));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private ProgramStart Start(ImmutableArray<string> arguments, ImmutableSortedDictionary<string, string> environment) =>
        new(arguments, server.WorkingDirectory ?? Path.GetTempPath(), server.Environment.SetItems(environment))
        {
            Timeout = ExecutionLimits.ProgramTimeout,
            OutputBytesMax = ExecutionLimits.ResultBytesMax,
        };
}
