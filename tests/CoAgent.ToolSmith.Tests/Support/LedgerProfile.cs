using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;

namespace CoAgent.ToolSmith.Tests.Support;

/// <summary>What is known of the ledger's tools, written by hand: right but for what a test plants.</summary>
internal sealed class LedgerProfile(Ledger ledger, ForeignServer server, IServerCalls calls, IContentSource contents) : IToolProfile
{
    public Declaring Declare(ListedTool tool, JsonElement arguments) => new Declaring.Known(new ToolDeclaration(
        new CallDeclaration(Footprint.Create(ledger.Reads.Select(Pattern), ledger.Writes.Select(Pattern)))
        {
            IsIrreversible = ledger.IsIrreversible,
            IsReplaySafe = ledger.IsReplaySafe,
        }));

    public async ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken)
    {
        var was = Content.Of(Encoding.UTF8.GetBytes(await StateAsync(effect.Call, cancellationToken)));
        return new Preparation.Ready(new Capture(Encoding.UTF8.GetBytes($"{was.Id}"), [was]));
    }

    public async ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
        WriteEffect effect, Preparation.Ready prepared, ToolResult result, CancellationToken cancellationToken) =>
        Encoding.UTF8.GetBytes(await StateAsync(effect.Call, cancellationToken));

    public async ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        if (ledger.IsGuarded && await StateAsync(call, cancellationToken) != Encoding.UTF8.GetString(captured.AfterUtf8.Span))
        {
            return new Inversion.OutsideWrite();
        }

        switch (ledger.Inverse)
        {
            case LedgerInverse.Fails:
                return new Inversion.Failed("it was planted so");
            case LedgerInverse.DoesNothing:
                return new Inversion.Done();
        }

        var was = await contents.ReadAsync(ContentId.TryParse(Encoding.UTF8.GetString(captured.Before.ManifestUtf8.Span))!.Value, cancellationToken);
        var value = ledger.Inverse == LedgerInverse.AlwaysRemoves ? "" : Encoding.UTF8.GetString(was.Span);
        await RestoreAsync(call, value, cancellationToken);
        return new Inversion.Done();
    }

    public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) => new(Finding.Unclear);

    // Empty for nothing.
    private async Task<string> StateAsync(NamedCall call, CancellationToken cancellationToken)
    {
        var name = Name(call);
        if (name.StartsWith('/'))
        {
            return File.Exists(name) ? File.ReadAllText(name) : "";
        }

        var answer = (Execution.Answered)await calls.CallAsync(call, "all", "{}"u8.ToArray(), cancellationToken);
        var entries = JsonNode.Parse(JsonNode.Parse(answer.Result.Utf8.Span)!["content"]![0]!["text"]!.GetValue<string>())!["entries"]!.AsArray();
        return entries.FirstOrDefault(entry => entry!["name"]!.GetValue<string>() == name)?["value"]!.GetValue<string>() ?? "";
    }

    private async Task RestoreAsync(NamedCall call, string value, CancellationToken cancellationToken)
    {
        var name = Name(call);
        if (!name.StartsWith('/'))
        {
            var arguments = JsonSerializer.SerializeToUtf8Bytes(new { name, value });
            await calls.CallAsync(call, value.Length == 0 ? "drop" : "put", arguments, cancellationToken);
        }
        else if (value.Length == 0)
        {
            File.Delete(name);
        }
        else
        {
            File.WriteAllText(name, value);
        }
    }

    private static string Name(NamedCall call) => JsonNode.Parse(call.Request.ArgumentsUtf8.Span)!["name"]!.GetValue<string>();

    private ObjectPattern Pattern(string text) =>
        ObjectPattern.Parse(text.Replace("{root}", server.WorkingDirectory, StringComparison.Ordinal));
}
