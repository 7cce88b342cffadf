using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>What became of one step.</summary>
internal abstract record StepAnswer
{
    private StepAnswer()
    {
    }

    /// <summary>It answered.</summary>
    /// <param name="Value">What: JSON where it is JSON, else text.</param>
    internal sealed record Given(JsonElement Value) : StepAnswer;

    /// <summary>It failed.</summary>
    /// <param name="Reason">Why.</param>
    internal sealed record Failed(string Reason) : StepAnswer;

    /// <summary>It may have happened.</summary>
    /// <param name="Reason">Why nobody knows.</param>
    internal sealed record Unknown(string Reason) : StepAnswer;

    /// <summary>Of a tool: the structured content, else the text, as JSON where it is JSON.</summary>
    internal static StepAnswer Of(string tool, Tools.Execution execution) => execution switch
    {
        Tools.Execution.Answered { Result: { Kind: ToolResultKind.Answer } result } => OfResult(tool, result),
        Tools.Execution.Answered { Result: var complaint } => new Failed($"{tool} failed: {ResultText.Of(complaint)}"),
        Tools.Execution.NotDone notDone => new Failed($"{tool} was not called: {notDone.Reason}"),
        Tools.Execution.Unknown unknown => new Unknown($"{tool} was not answered: {unknown.Reason}"),
        _ => throw new InvalidOperationException("An execution is one of three kinds."),
    };

    /// <summary>Of a program: what it printed, as JSON where it is JSON.</summary>
    internal static StepAnswer Of(string program, ProgramEnd end) => end switch
    {
        ProgramEnd.Exited { ExitCode: 0 } done => new Given(OfText(Encoding.UTF8.GetString(done.Output.Span))),
        ProgramEnd.Exited failed => new Failed($"{program} ended with exit code {failed.ExitCode}: {failed.Errors}"),
        ProgramEnd.NotStarted notStarted => new Failed($"{program} was not started: {notStarted.Reason}"),
        ProgramEnd.Ended ended => new Unknown($"{program} was ended: {ended.Reason}"),
        _ => throw new InvalidOperationException("A program's end is one of three kinds."),
    };

    private static StepAnswer OfResult(string tool, ToolResult result)
    {
        if (result.Utf8.Length > ExecutionLimits.ResultBytesMax)
        {
            return new Failed($"{tool} answered more than {ExecutionLimits.ResultBytesMax} bytes");
        }

        if (ResultText.TryParse(result.Utf8) is not { } document)
        {
            return new Failed($"{tool} answered what is no JSON");
        }

        using (document)
        {
            var root = document.RootElement;
            return new Given(root.ValueKind == JsonValueKind.Object && root.TryGetProperty("structuredContent"u8, out var structured)
                ? structured.Clone()
                : OfText(ResultText.Of(result)));
        }
    }

    private static JsonElement OfText(string text)
    {
        try
        {
            return JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = ResultText.LevelsMax });
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text, JsonText.Default.String);
        }
    }
}
