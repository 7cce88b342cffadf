using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Catalog.Execution;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;

namespace CoAgent.ToolSmith.Verification;

/// <summary>Does what is not the call's own: an example's setup, what somebody else does, and the state reads. They may name <c>{root}</c> alone.</summary>
internal sealed class TrialSteps(TrialTool server, Sandbox sandbox, ImmutableSortedDictionary<string, string> variables)
{
    private static readonly NamedCall s_ours =
        new(new CallId(0), AgentId.Create("check"), new ToolRequest("trial", "setup", "{}"u8.ToArray()));

    /// <summary>Does steps in order.</summary>
    /// <exception cref="SandboxException">One failed that may not.</exception>
    internal async Task DoAsync(ImmutableArray<Step> steps, CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            if (await AnswerAsync(step, [], cancellationToken) is null && !step.AllowsFailure)
            {
                throw new SandboxException($"a step of the example failed: {Name(step)}");
            }
        }
    }

    /// <summary>Asks the state reads.</summary>
    /// <exception cref="SandboxException">One failed that may not.</exception>
    internal async Task<ImmutableArray<StateAnswer>> ReadAsync(TrialSubject subject, CancellationToken cancellationToken)
    {
        var answers = ImmutableArray.CreateBuilder<StateAnswer>();
        foreach (var step in subject.Profile.State)
        {
            var normalize = step is Step.Call call && subject.Tools.TryGetValue(call.Tool, out var tool) ? tool.Normalize : [];
            var text = await AnswerAsync(step, normalize, cancellationToken);
            if (text is null && !step.AllowsFailure)
            {
                throw new SandboxException($"a state read of the profile failed: {Name(step)}");
            }

            answers.Add(new StateAnswer(Name(step), text ?? "(failed)", ToJson(text)));
        }

        return answers.ToImmutable();
    }

    // Null where it failed.
    private Task<string?> AnswerAsync(Step step, ImmutableArray<ValuePath> normalize, CancellationToken cancellationToken) => step switch
    {
        Step.Call call => CallAsync(call, normalize, cancellationToken),
        Step.Run run => RunAsync([.. run.Arguments.Select(Fill)], run.Environment, run.Input, cancellationToken),
        Step.Script script => RunAsync(["sh", "-eu", "-c", script.Text], script.Environment, input: null, cancellationToken),
        _ => throw new InvalidOperationException($"There is no step {step}."),
    };

    private async Task<string?> CallAsync(Step.Call call, ImmutableArray<ValuePath> normalize, CancellationToken cancellationToken)
    {
        var given = JsonDocument.Parse(call.Arguments.Source).RootElement;
        var arguments = JsonSerializer.SerializeToUtf8Bytes(TrialTexts.Fill(given, sandbox.Root));
        var execution = await server.CallAsync(s_ours, call.Tool, arguments, cancellationToken);
        return execution is Execution.Answered { Result: { Kind: ToolResultKind.Answer } result }
            ? ToText(NormalizedResult.Of(result, normalize))
            : null;
    }

    private async Task<string?> RunAsync(
        ImmutableArray<string> arguments,
        ImmutableSortedDictionary<string, TextTemplate> environment,
        TextTemplate? input,
        CancellationToken cancellationToken)
    {
        var command = new SandboxCommand(arguments)
        {
            Environment = variables.SetItems(environment.Select(one => KeyValuePair.Create(one.Key, Fill(one.Value)))),
            Input = input is null ? ReadOnlyMemory<byte>.Empty : Encoding.UTF8.GetBytes(Fill(input)),
        };
        var run = await sandbox.RunAsync(command, cancellationToken);
        return run.ExitCode == 0 ? run.Output.Text : null;
    }

    private string Fill(TextTemplate template) => TrialTexts.Fill(template.Source, sandbox.Root);

    private static string ToText(ToolResult result)
    {
        using var document = JsonDocument.Parse(result.Utf8);
        if (document.RootElement.TryGetProperty("structuredContent", out var structured))
        {
            return structured.GetRawText();
        }

        return document.RootElement.TryGetProperty("content", out var content)
            ? string.Join('\n', content.EnumerateArray().Select(Text))
            : "";
    }

    private static string? Text(JsonElement block) =>
        block.TryGetProperty("text", out var text) ? text.GetString() : block.GetRawText();

    private static JsonElement? ToJson(string? text)
    {
        try
        {
            return text is null ? null : JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null; // Compared as text.
        }
    }

    private static string Name(Step step) => step switch
    {
        Step.Call call => call.Tool,
        Step.Run run => run.Arguments[0].Source,
        _ => "script",
    };
}
