using System.Collections.Immutable;
using System.Net;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Proxy.Configuration;

/// <summary>Reads what <c>coagent</c> says of the workspace as a whole.</summary>
internal sealed class OptionsReader(string directory, Placeholders placeholders, Findings findings)
{
    private static readonly ImmutableArray<(string, GateMode)> Gates =
        [("reissue", GateMode.Reissue), ("ack", GateMode.Ack), ("off", GateMode.Off)];

    private static readonly ImmutableArray<(string, IrreversibleMode)> IrreversibleModes =
        [("hold", IrreversibleMode.Hold), ("defer", IrreversibleMode.Defer)];

    private static readonly ImmutableArray<(string, UnknownToolMode)> UnknownToolModes =
        [("hints", UnknownToolMode.Hints), ("isolate", UnknownToolMode.Isolate), ("observe", UnknownToolMode.Observe)];

    private static readonly ImmutableArray<(string, DisconnectPolicy)> DisconnectPolicies =
        [("finish", DisconnectPolicy.Finish), ("abort", DisconnectPolicy.Abort)];

    private static readonly ImmutableArray<(string, CoordinationProtocol)> Protocols =
    [
        ("mtpo", CoordinationProtocol.Mtpo),
        ("serial", CoordinationProtocol.Serial),
        ("2pl", CoordinationProtocol.TwoPhaseLocking),
        ("occ", CoordinationProtocol.Optimistic),
        ("none", CoordinationProtocol.None),
    ];

    private static readonly ImmutableArray<(string, Durability)> Durabilities =
        [("full", Durability.Full), ("process", Durability.Normal), ("normal", Durability.Normal)];

    private static readonly ImmutableArray<(string, OutputSchemaMode)> OutputSchemaModes =
        [("keep", OutputSchemaMode.Keep), ("strip", OutputSchemaMode.Strip)];

    /// <summary>The options, with the default for every member that is absent or at fault.</summary>
    public ProxyOptions Read(Section? section)
    {
        var defaults = new ProxyOptions
        {
            Journal = Path.GetFullPath(".coagent/journal.db", directory),
            Catalog = Path.GetFullPath("tools-catalog", directory),
        };
        if (section is null)
        {
            return defaults;
        }

        var options = defaults with
        {
            Journal = ReadPath(section, "journal") ?? defaults.Journal,
            Catalog = ReadPath(section, "catalog") ?? defaults.Catalog,
            Gate = section.Choice("gate", Gates) ?? defaults.Gate,
            Irreversible = section.Choice("irreversible", IrreversibleModes) ?? defaults.Irreversible,
            UnknownTools = section.Choice("unknownTools", UnknownToolModes) ?? defaults.UnknownTools,
            OnDisconnect = section.Choice("onDisconnect", DisconnectPolicies) ?? defaults.OnDisconnect,
            DisconnectGrace = section.Duration("disconnectGrace", TimeSpan.Zero, TimeSpan.FromHours(1)) ?? defaults.DisconnectGrace,
            Lease = section.Duration("lease", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) ?? defaults.Lease,
            Order = ReadOrder(section),
            Protocol = section.Choice("protocol", Protocols) ?? defaults.Protocol,
            Durability = section.Choice("durability", Durabilities) ?? defaults.Durability,
            OutputSchemas = section.Choice("outputSchemas", OutputSchemaModes) ?? defaults.OutputSchemas,
            Listen = ReadAddress(section) ?? defaults.Listen,
            Port = section.Integer("port", IPEndPoint.MinPort, IPEndPoint.MaxPort) ?? defaults.Port,
            Limits = LimitsReader.Read(section.Object("limits")),
        };
        section.RefuseTheRest();
        return options;
    }

    private string? ReadPath(Section section, string name)
    {
        if (section.Text(name) is not { } text
            || placeholders.Expand(text, section.KeyOf(name), section.LineOf(name), findings) is not { } path)
        {
            return null;
        }

        if (path.Length > 0)
        {
            return Path.GetFullPath(path, directory);
        }

        section.Fault(name, "is empty once its variables are put in; set them.");
        return null;
    }

    private static string? ReadAddress(Section section)
    {
        var text = section.Text("listen");
        if (text is null or "localhost")
        {
            return text is null ? null : IPAddress.Loopback.ToString();
        }

        // A bare number is an address to the parser, and never to a person.
        if (text.AsSpan().ContainsAny('.', ':') && IPAddress.TryParse(text, out var address))
        {
            return address.ToString();
        }

        section.Fault("listen", "must be an IP address, such as \"127.0.0.1\"; the port is a member of its own.");
        return null;
    }

    private ImmutableArray<OrderEntry> ReadOrder(Section section)
    {
        var entries = ImmutableArray.CreateBuilder<OrderEntry>();
        var items = section.Items("order");
        if (items.Count > DeclaredOrder.EntriesMax)
        {
            section.Fault("order", $"has {items.Count} entries; {DeclaredOrder.EntriesMax} is the most.");
            return [];
        }

        for (var i = 0; i < items.Count; i++)
        {
            var key = $"{section.KeyOf("order")}[{i}]";
            if (ReadEntry(items[i], key) is not { } entry)
            {
                continue;
            }

            if (entries.Any(earlier => earlier.Name == entry.Name))
            {
                findings.Fault(key, items[i].Line, $"names \"{Spelling.Shown(entry.Name)}\" a second time; an agent has one place.");
            }
            else
            {
                entries.Add(entry);
            }
        }

        return entries.ToImmutable();
    }

    private OrderEntry? ReadEntry(ConfigurationNode node, string key)
    {
        switch (node)
        {
            case ConfigurationNode.Text { Value: var name }:
                return CheckEntry(new OrderEntry(name), key, node.Line);
            case ConfigurationNode.Members members:
                var section = new Section(members, key, findings);
                var named = section.Text("name");
                var awaits = section.Flag("await") ?? false;
                section.RefuseTheRest();
                if (!section.Has("name"))
                {
                    findings.Fault(key, node.Line, "needs a name.");
                }

                return named is null ? null : CheckEntry(new OrderEntry(named, awaits), key, node.Line);
            default:
                findings.Fault(key, node.Line,
                    $"must be an agent's name or {{\"name\": …, \"await\": true}} and is {node.TypeName}.");
                return null;
        }
    }

    private OrderEntry? CheckEntry(OrderEntry entry, string key, int line)
    {
        if (entry.Name == OrderEntry.Arrivals)
        {
            if (entry.Await)
            {
                findings.Fault(key, line, "cannot await \"*\": nobody knows who will arrive; await agents by name.");
            }

            return entry;
        }

        if (AgentId.TryCreate(entry.Name) is not null)
        {
            return entry;
        }

        findings.Fault(key, line, $"is not an agent's name: {AgentId.Rule}.");
        return null;
    }
}
