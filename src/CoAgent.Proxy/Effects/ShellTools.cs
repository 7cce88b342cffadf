using System.Buffers;
using System.Text.Json;
using CoAgent.Proxy.Configuration;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Effects;

/// <summary>Tools of other servers that run shell commands (<c>coagent.servers.NAME.shell</c>): the workspace's own bash carries them out.</summary>
/// <remarks>
/// A call is taken so when all that it says is understood: a command as text, where it is to run, how long it may run. Any other call of such a
/// tool goes to its server.
/// </remarks>
internal sealed class ShellTools(IBuiltinServers builtins, Func<ProxyConfiguration> configuration)
{
    // What the workspace's own tool is called, and what it is given.
    private const string Tool = "bash";
    private const double SecondsMax = 3600;

    private static readonly string[] s_commands = ["command", "cmd"];
    private static readonly string[] s_directories = ["cwd", "workdir", "working_directory", "dir"];

    // Words for people, which change nothing.
    private static readonly string[] s_ignored = ["description"];

    /// <summary>How a call is carried out here; null when it goes to its server.</summary>
    /// <param name="definition">The server.</param>
    /// <param name="request">What was asked of it.</param>
    public ShellCall? Find(ServerDefinition definition, ToolRequest request)
    {
        if (definition is ServerDefinition.Builtin || !definition.Options.RunsShell(request.Tool) || Translate(request.ArgumentsUtf8) is not { } arguments)
        {
            return null;
        }

        var root = definition is ServerDefinition.Stdio stdio ? stdio.WorkingDirectory : configuration().Directory;
        return new ShellCall(
            builtins.Get(ServerDefinition.Builtin.Workspace, root), request with { Tool = Tool, ArgumentsUtf8 = arguments });
    }

    private static byte[]? Translate(ReadOnlyMemory<byte> argumentsUtf8)
    {
        using var arguments = JsonDocument.Parse(argumentsUtf8, Downstream.InputRequests.Deep);
        if (arguments.RootElement.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        var written = new HashSet<string>(StringComparer.Ordinal);
        json.WriteStartObject();
        foreach (var member in arguments.RootElement.EnumerateObject())
        {
            if (s_ignored.Contains(member.Name))
            {
                continue;
            }

            if (NameOf(member) is not { } name || !written.Add(name))
            {
                return null;
            }

            json.WritePropertyName(name);
            Write(json, name, member.Value);
        }

        json.WriteEndObject();
        json.Flush();
        return written.Contains("command") ? output.WrittenSpan.ToArray() : null;
    }

    private static string? NameOf(JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.String when s_commands.Contains(member.Name) => "command",
        JsonValueKind.String when s_directories.Contains(member.Name) => "cwd",
        JsonValueKind.Number when member.Name == "timeout" && member.Value.GetDouble() >= 0 => "timeout",
        _ => null,
    };

    // Servers count in seconds or in milliseconds; nobody lets a command run for more than an hour in milliseconds, or less than 4 seconds.
    private static void Write(Utf8JsonWriter json, string name, JsonElement value)
    {
        if (name != "timeout")
        {
            value.WriteTo(json);
            return;
        }

        var given = value.GetDouble();
        json.WriteNumberValue(Math.Min(given <= SecondsMax ? given : given / 1000, SecondsMax));
    }
}

/// <summary>A call that is carried out by the workspace's own bash.</summary>
/// <param name="Server">The server that it comes with.</param>
/// <param name="Request">What is asked of it.</param>
internal sealed record ShellCall(IBuiltinServer Server, ToolRequest Request);
