using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Inventory;

namespace CoAgent.Tests.ToolSmith.Shell;

/// <summary>One run of the program <c>probe</c>: where, and with what arguments.</summary>
internal sealed record ProbeCall(string Directory, IReadOnlyList<string> Arguments)
{
    public const string Program = "#!/bin/bash\nprintf -v call '%s\\2' \"$PWD\" \"$@\"\nprintf '%s\\1' \"$call\" >> \"${0%/*}/calls\"\n";

    public static IReadOnlyList<ProbeCall> Read(string said) =>
        [.. said.Split('\u0001').SkipLast(1).Select(static call => call.Split('\u0002').SkipLast(1).ToList())
            .Select(static parts => new ProbeCall(parts[0], parts.Skip(1).ToList()))];

    /// <summary>All that ran may run, by the inventory; and what runs in any case ran.</summary>
    public static void Check(IReadOnlyList<ProbeCall> calls, CommandInventory inventory, string context)
    {
        var probes = inventory.Items.OfType<InventoryItem.Invocation>()
            .Where(static item => item.Arguments[0] is FieldValue.Text { Value: "probe" })
            .ToList();
        if (inventory.IsOpaque)
        {
            return;
        }

        Assert.All(calls, call => Assert.True(probes.Exists(call.Fits), $"{context}\nnot in the inventory: {call.Directory} {string.Join('|', call.Arguments)}"));
        Assert.All(
            probes.Where(static probe => !probe.Site.MayBeSkipped),
            probe => Assert.True(calls.Any(call => call.Fits(probe)), $"{context}\ndid not run: {string.Join(' ', probe.Arguments)}"));
    }

    private bool Fits(InventoryItem.Invocation probe) =>
        (!probe.Site.Directory.IsKnown || probe.Site.Directory.Paths.Contains(Directory))
        && Fits([.. probe.Arguments.Skip(1)], Arguments);

    private static bool Fits(IReadOnlyList<FieldValue> fields, IReadOnlyList<string> arguments)
    {
        if (fields.Count == 0)
        {
            return arguments.Count == 0;
        }

        IReadOnlyList<FieldValue> rest = [.. fields.Skip(1)];
        return fields[0] switch
        {
            FieldValue.Text text => arguments.Count > 0 && arguments[0] == text.Value && Fits(rest, [.. arguments.Skip(1)]),
            FieldValue.Unknown { IsSingle: true } unknown =>
                arguments.Count > 0 && arguments[0].StartsWith(unknown.Prefix, StringComparison.Ordinal) && Fits(rest, [.. arguments.Skip(1)]),
            _ => Enumerable.Range(0, arguments.Count + 1).Any(count => Fits(rest, [.. arguments.Skip(count)])),
        };
    }
}
