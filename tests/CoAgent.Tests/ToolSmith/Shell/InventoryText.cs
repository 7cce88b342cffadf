using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Inventory;

namespace CoAgent.Tests.ToolSmith.Shell;

/// <summary>An inventory as text: one line for each thing, short enough to be read beside the command.</summary>
internal static class InventoryText
{
    public static string Of(string line) => string.Join('\n', CommandInventory.Of(line, ShellCorpus.Start(), ShellCorpus.Limits).Items.Select(Item));

    private static string Item(InventoryItem item) => Site(item.Site) + item switch
    {
        InventoryItem.Invocation run => string.Concat(run.Assignments.Select(static one => $"{one.Name}={Field(one.Value)} "))
            + Fields(run.Arguments) + Redirections(run.Redirections),
        InventoryItem.Redirected redirected => "-" + Redirections(redirected.Redirections),
        InventoryItem.Expanded expanded => "words " + Fields(expanded.Fields),
        InventoryItem.Tested tested => $"test {tested.Sign} {Fields(tested.Operands)}",
        InventoryItem.Opaque => "OPAQUE",
        _ => throw new InvalidOperationException(item.ToString()),
    };

    /// <summary>Directory unless it is the first; then ? may be skipped, * may repeat, &amp; in the background.</summary>
    private static string Site(CommandSite site) =>
        (site.Directory.IsKnown ? string.Concat(site.Directory.Paths.Select(static path => path == "/w" ? "." : path + " ")).Replace(".", "", StringComparison.Ordinal) : "nowhere ")
        + (site.Directory.Paths is [_, _, ..] ? "or more " : "")
        + (site.MayBeSkipped ? "?" : "") + (site.MayRepeat ? "*" : "") + (site.IsBackground ? "&" : "")
        + string.Concat(site.Through.Select(static through => through + ">"));

    private static string Fields(IEnumerable<FieldValue> fields) => string.Join(' ', fields.Select(Field));

    private static string Field(FieldValue field) => field switch
    {
        FieldValue.Text text => text.Value.Length == 0 || text.Value.Contains(' ', StringComparison.Ordinal) ? $"'{text.Value}'" : text.Value,
        FieldValue.Pattern pattern => $"<{pattern.Glob}>",
        FieldValue.Stream => "|",
        FieldValue.Unknown unknown => unknown.IsSingle ? unknown.Prefix + "¿" : "¿¿",
        _ => throw new InvalidOperationException(field.ToString()),
    };

    private static string Redirections(IEnumerable<RedirectionUse> redirections) => string.Concat(redirections.Select(static use =>
        $" {use.Descriptor}{use.Kind}:" + use.Target switch
        {
            RedirectionTarget.File file => Field(file.Name),
            RedirectionTarget.Descriptor descriptor => "&" + descriptor.Name,
            RedirectionTarget.Document document => Field(document.Value),
            _ => "",
        }));
}
