using System.Collections.Immutable;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Effects;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Pipeline;

/// <summary>The tools that open servers have listed and whose calls would be taken as unknown: what there is to declare before anybody calls it.</summary>
/// <remarks>Nothing is started or asked for it: a server that nobody has opened yet, or whose tools nobody has listed, offers nothing.</remarks>
internal static class OfferedTools
{
    /// <summary>How many are told.</summary>
    public const int UnknownMax = 1_000;

    /// <summary>The tools, by server and name.</summary>
    /// <param name="links">The connections of all clients.</param>
    /// <param name="servers">Who has described the servers' tools.</param>
    public static async Task<ImmutableArray<CalledUnknown>> UnknownAsync(IEnumerable<ServerLink> links, ServerBook servers)
    {
        var unknown = new SortedDictionary<(string Server, string Tool), UnknownTool>();
        foreach (var link in links.Where(static link => link.Current is not null && link.Definition is not ServerDefinition.Builtin))
        {
            var profile = await servers.ProfileOfAsync(link.Definition, link);
            foreach (var tool in link.Tools.Listed)
            {
                if (WhyUnknown(profile, tool) is { } why && unknown.Count < UnknownMax)
                {
                    unknown[(link.Name, tool.Name)] = CallBinder.UnknownOf(link.Name, tool.Name, why);
                }
            }
        }

        return [.. unknown.Select(static one => new CalledUnknown(one.Key.Server, one.Key.Tool, one.Value))];
    }

    private static Declaring.Unknown? WhyUnknown(IToolProfile? profile, ListedTool tool) =>
        profile is null ? CallBinder.NoProfile : profile.WhyUnknown(tool);
}
