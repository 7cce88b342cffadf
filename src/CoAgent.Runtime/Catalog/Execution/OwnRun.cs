using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>Runs the commands of a tool of our own: its answer is what the last one prints, and how it ended.</summary>
/// <param name="server">The profile's server.</param>
/// <param name="ports">The world.</param>
internal sealed class OwnRun(ForeignServer server, ExecutionPorts ports)
{
    /// <summary>How much of what a command prints is answered, in characters; the middle is left out.</summary>
    internal const int AnswerCharsMax = 30_000;

    /// <summary>Runs them.</summary>
    internal async ValueTask<Tools.Execution> RunAsync(ToolManifest manifest, TemplateValues values, CancellationToken cancellationToken)
    {
        if (manifest.Exec.Any(static step => step is not Step.Run))
        {
            return new Tools.Execution.NotDone("The tool's steps are not all programs.");
        }

        var printed = new StringBuilder();
        foreach (var step in manifest.Exec.Cast<Step.Run>())
        {
            switch (step.When?.Holds(values))
            {
                case ConditionResult.NotPossible unknown:
                    return printed.Length == 0 ? new Tools.Execution.NotDone(unknown.Reason) : new Tools.Execution.Unknown(unknown.Reason);
                case ConditionResult.Decided { Holds: false }:
                    continue;
            }

            switch (await RunAsync(step, values, cancellationToken))
            {
                case ProgramEnd.Exited { ExitCode: 0 } done:
                    Append(printed, done);
                    break;
                case ProgramEnd.Exited failed:
                    Append(printed, failed);
                    return Answer(printed.Append($"exit code {failed.ExitCode}\n"), isError: true);
                case ProgramEnd.NotStarted notStarted:
                    return step == manifest.Exec[0] ? new Tools.Execution.NotDone(notStarted.Reason) : new Tools.Execution.Unknown(notStarted.Reason);
                case ProgramEnd.Ended ended:
                    return new Tools.Execution.Unknown(ended.Reason);
                default:
                    throw new InvalidOperationException("A program's end is one of three kinds.");
            }
        }

        return Answer(printed, isError: false);
    }

    private async ValueTask<ProgramEnd> RunAsync(Step.Run step, TemplateValues values, CancellationToken cancellationToken)
    {
        var filling = new ProgramTexts(values);
        var arguments = step.Arguments.SelectMany(template => filling.All(template)).ToImmutableArray();
        var environment = filling.Each(step.Environment);
        var input = step.Input is null ? "" : string.Concat(filling.Of(step.Input));
        return filling.Reason is { } reason || arguments.IsEmpty
            ? new ProgramEnd.NotStarted(filling.Reason ?? "no program is left to run")
            : await ports.Programs.RunAsync(
                new ProgramStart(arguments, server.WorkingDirectory ?? Path.GetTempPath(), server.Environment.SetItems(environment))
                {
                    Input = Encoding.UTF8.GetBytes(input),
                    Timeout = ExecutionLimits.ProgramTimeout,
                    OutputBytesMax = ExecutionLimits.ResultBytesMax,
                },
                cancellationToken);
    }

    private static void Append(StringBuilder printed, ProgramEnd.Exited end)
    {
        printed.Append(Encoding.UTF8.GetString(end.Output.Span));
        if (end.Errors.Length > 0)
        {
            printed.Append(printed.Length > 0 && printed[^1] != '\n' ? "\n" : "").Append(end.Errors);
            printed.Append(end.Errors.EndsWith('\n') ? "" : "\n");
        }
        else if (end.ExitCode != 0 && printed.Length > 0 && printed[^1] != '\n')
        {
            printed.Append('\n');
        }
    }

    private static Tools.Execution.Answered Answer(StringBuilder printed, bool isError)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("content"u8);
            writer.WriteStartObject();
            writer.WriteString("type"u8, "text"u8);
            writer.WriteString("text"u8, Cut(printed.ToString()));
            writer.WriteEndObject();
            writer.WriteEndArray();
            if (isError)
            {
                writer.WriteBoolean("isError"u8, value: true);
            }

            writer.WriteEndObject();
        }

        return new Tools.Execution.Answered(new ToolResult(isError ? ToolResultKind.ToolError : ToolResultKind.Answer, output.WrittenMemory.ToArray()));
    }

    private static string Cut(string text) => text.Length <= AnswerCharsMax
        ? text
        : $"{text[..(AnswerCharsMax / 2)]}\n[{text.Length - AnswerCharsMax} characters left out]\n{text[^(AnswerCharsMax / 2)..]}";
}
