using System.Collections.Concurrent;
using CoAgent.Fixtures.Wire;

namespace CoAgent.Fixtures.Raw;

/// <summary>Answers with the exact bytes of a script; what the script leaves out is answered as plainly as can be.</summary>
internal sealed class RawServer(IReadOnlyList<ScriptRule> script) : IMessageServer
{
    private readonly ConcurrentDictionary<ScriptRule, int> takenCount = new();
    private readonly Placeholders placeholders = new();

    /// <summary>Sends what the script says for the start.</summary>
    public Task StartAsync(LineSender send, CancellationToken cancellationToken) =>
        PlayAllAsync(script.Where(rule => rule.On == "start"), message: null, send, cancellationToken);

    public Task HandleAsync(WireMessage message, LineSender send, CancellationToken cancellationToken)
    {
        if (Take(message) is not { } rule)
        {
            return message.IsRequest
                ? send.TextAsync(PlainAnswer(message), cancellationToken).AsTask()
                : Task.CompletedTask;
        }

        placeholders.Remember(rule.On, message);
        return PlayAllAsync([rule], message, send, cancellationToken);
    }

    private ScriptRule? Take(WireMessage message) => script.FirstOrDefault(rule =>
        Fits(rule.On, message)
        && (rule.Times is not { } times || takenCount.AddOrUpdate(rule, 1, (_, count) => count + 1) <= times));

    private static bool Fits(string on, WireMessage message) => message.IsAnswer
        ? on == "answer" || on == "answer:" + message.Id
        : on == message.Method || (message.Tool is { } tool && on == "tool:" + tool);

    private async Task PlayAllAsync(
        IEnumerable<ScriptRule> rules, WireMessage? message, LineSender send, CancellationToken cancellationToken)
    {
        foreach (var rule in rules)
        {
            if (rule.Stderr is { } text)
            {
                await Console.Error.WriteLineAsync(text.AsMemory(), cancellationToken);
            }

            foreach (var line in rule.Send)
            {
                await send.TextAsync(placeholders.Fill(line, message), cancellationToken);
            }

            if (rule.Exit is { } code)
            {
                Environment.Exit(code);
            }
        }
    }

    private string PlainAnswer(WireMessage request) => request.Method switch
    {
        "initialize" => Answers.Result(
            request,
            $$$"""
            "protocolVersion":{{{WireMessage.Raw(WireMessage.Member(request.Params, "protocolVersion"))}}},"capabilities":{"tools":{}},"serverInfo":{"name":"coagent-raw-fixture","version":"1.0.0"}
            """),
        "ping" => Answers.Result(request, ""),
        "tools/list" => Answers.List(request, $"\"tools\":[{string.Join(',', ScriptedTools())}]"),
        _ => Answers.MethodNotFound(request),
    };

    private IEnumerable<string> ScriptedTools() => script
        .Where(rule => rule.On.StartsWith("tool:", StringComparison.Ordinal))
        .Select(rule => rule.On["tool:".Length..])
        .Distinct()
        .Select(name => $$$"""{"name":"{{{name}}}","description":"Scripted.","inputSchema":{"type":"object"}}""");
}
