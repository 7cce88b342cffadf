using System.Globalization;

namespace CoAgent.Workspace.Layers;

/// <summary>What the first process of a layer tells: that the layer stood, how the command ended, and what its network counted.</summary>
/// <remarks>
/// Lines: <c>ready</c>; <c>ended 3</c>; then the kernel's counters of the layer's own network, which were all 0 when it was made. They tell
/// what was tried whatever the command said about it.
/// </remarks>
/// <param name="IsReady">Whether the layer stood; else the command was not begun.</param>
/// <param name="ExitCode">The command's exit code; null when it had not ended.</param>
/// <param name="TriedNetwork">Whether something was sent, or connected to, that is not in the layer.</param>
internal sealed record LayerReport(bool IsReady, int? ExitCode, bool TriedNetwork)
{
    private const string Ended = "ended ";

    internal static LayerReport Read(string file) => File.Exists(file) ? Parse(File.ReadAllLines(file)) : new(false, null, false);

    internal static LayerReport Parse(IReadOnlyList<string> lines)
    {
        var ended = lines.FirstOrDefault(static line => line.StartsWith(Ended, StringComparison.Ordinal));
        var counts = Counts(lines);
        // Whoever asks for a server of its own until it answers is refused too, and then served.
        var refused = Count("Tcp.AttemptFails") > 0 && Count("Tcp.PassiveOpens") == 0;
        var tried = refused || Count("Ip.OutNoRoutes") > 0 || Count("Ip6OutNoRoutes") > 0 || Count("Udp.NoPorts") > 0 || Count("Udp6NoPorts") > 0;
        return new LayerReport(
            lines.Contains("ready"), ended is null ? null : int.Parse(ended.AsSpan(Ended.Length), CultureInfo.InvariantCulture), tried);

        long Count(string name) => counts.GetValueOrDefault(name);
    }

    // "Tcp: A B" above "Tcp: 1 2" for the old protocol; "Ip6A 1" for the new one.
    private static Dictionary<string, long> Counts(IReadOnlyList<string> lines)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var names = Array.Empty<string>();
        foreach (var fields in lines.Select(static line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)))
        {
            if (fields.Length == 2 && long.TryParse(fields[1], CultureInfo.InvariantCulture, out var one))
            {
                counts[fields[0]] = one;
            }
            else if (names.Length == fields.Length && names[0] == fields[0])
            {
                for (var at = 1; at < fields.Length; at++)
                {
                    counts[$"{fields[0].TrimEnd(':')}.{names[at]}"] = long.Parse(fields[at], CultureInfo.InvariantCulture);
                }
            }
            else
            {
                names = fields;
            }
        }

        return counts;
    }
}
