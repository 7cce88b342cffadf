using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CoAgent.Proxy.Ingress;
using CoAgent.Proxy.Processes;

namespace CoAgent.Cli;

/// <summary>Who starts a bridge, as far as its environment tells (architecture.md, "Who is calling").</summary>
internal static class BridgeIdentity
{
    private static readonly (string Variable, string Kind)[] ClientKeys =
    [
        ("CLAUDE_CODE_SESSION_ID", "claude"),
        ("COPILOT_AGENT_SESSION_ID", "copilot"),
    ];

    /// <summary>The hello of a bridge.</summary>
    /// <param name="agent">What <c>--agent</c> says.</param>
    /// <param name="rank">What <c>--rank</c> says.</param>
    public static BridgeHello Hello(string? agent, long? rank) => new()
    {
        Agent = Text(agent) ?? Text(Environment.GetEnvironmentVariable("COAGENT_AGENT")),
        ClientKey = ClientKey(),
        Process = Process(),
        Rank = rank ?? RankOfEnvironment(),
    };

    private static string? ClientKey()
    {
        foreach (var (variable, kind) in ClientKeys)
        {
            if (Text(Environment.GetEnvironmentVariable(variable)) is { } session)
            {
                return $"{kind}:{session}";
            }
        }

        return null;
    }

    // The process that started the bridge is the client: all its bridges have it in common. Its start stamp tells it from a
    // later process with the same number.
    private static string Process()
    {
        var parent = ParentProcess.Id();
        return ProcessStamp.Of(parent) is { } stamp
            ? $"pid:{parent}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stamp.Value)))[..6]}"
            : $"pid:{Environment.ProcessId}";
    }

    private static long? RankOfEnvironment()
    {
        if (Text(Environment.GetEnvironmentVariable("COAGENT_RANK")) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rank)
            ? rank
            : throw new CommandException($"COAGENT_RANK is '{text}'; it must be a whole number from 1.");
    }

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
