using System.Text;
using System.Text.Json;
using CoAgent.Trials.Agents;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Load;

/// <summary>The workspace server's reading, writing and editing over texts in memory, in its own words.</summary>
internal sealed class ModelLine : AgentLine
{
    private readonly Dictionary<string, string> files = [];

    /// <summary>What each file holds, by its path.</summary>
    public IDictionary<string, string> Files => files;

    /// <inheritdoc/>
    public override Task<RawMessage> CallAsync(string tool, string arguments, CancellationToken cancellationToken)
    {
        var given = JsonElement.Parse(arguments);
        var path = given.GetProperty("path").GetString()!;
        var (text, isError) = tool switch
        {
            "read_file" => (files[path], false),
            "write_file" => (Write(path, given.GetProperty("content").GetString()!), false),
            "edit_file" => Edit(path, given.GetProperty("old").GetString()!, given.GetProperty("new").GetString()!),
            _ => throw new InvalidOperationException($"The model has no {tool}."),
        };
        return Task.FromResult(RawMessage.Of(
            $$$"""{"id":1,"result":{"content":[{"type":"text","text":{{{JsonSerializer.Serialize(text)}}}}],"isError":{{{(isError ? "true" : "false")}}}}}"""));
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Write(string path, string content)
    {
        files[path] = content;
        return $"wrote {Encoding.UTF8.GetByteCount(content)} bytes to {path}";
    }

    private (string, bool) Edit(string path, string old, string now)
    {
        var count = files[path].Split(old).Length - 1;
        if (count == 1)
        {
            files[path] = files[path].Replace(old, now, StringComparison.Ordinal);
            return ($"replaced 1 occurrence in {path}", false);
        }

        return count == 0
            ? ($"'old' was not found in {path}; read it again, every character counts.", true)
            : ($"'old' was found {count} times in {path}; give more of the text around it, or set all.", true);
    }
}
