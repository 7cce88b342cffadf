using System.Text;
using CoAgent.ToolSmith.Rules;

namespace CoAgent.Tests.ToolSmith.Rules;

/// <summary>The table of docs/commands.md: every program and what is known of it, by the data.</summary>
internal static class RuleTable
{
    internal static string Text()
    {
        var rules = CommandRules.Shipped;
        var table = new StringBuilder("| program | what it does | what is known |\n|---|---|---|\n");
        foreach (var group in rules.Programs.Select(program => (Program: program, Rule: rules.Of(program)!))
            .GroupBy(static one => (one.Rule.Name, Shown: Known(one.Rule))).OrderBy(static group => group.Key.Name, StringComparer.Ordinal))
        {
            var names = group.Select(static one => one.Program).OrderBy(name => name != group.Key.Name).ThenBy(static name => name, StringComparer.Ordinal);
            table.Append($"| {string.Join(", ", names.Select(static name => $"`{name}`"))} | {group.First().Rule.Description} | {group.Key.Shown} |\n");
        }

        return table.ToString();
    }

    private static string Known(CommandRule rule)
    {
        var words = rule.Forms.SkipLast(1).Select(static form => $"`{string.Join("`, `", form.With)}`: {Class(form)}")
            .Append(rule.Subcommands.Count > 0 && rule.Forms[^1].Unseen is not null ? "" : Class(rule.Forms[^1]))
            .Concat(rule.Subcommands.OrderBy(static pair => pair.Key, StringComparer.Ordinal)
                .GroupBy(static pair => string.Join("; ", Known(pair.Value)), StringComparer.Ordinal)
                .Select(static group => $"{string.Join(", ", group.Select(static pair => $"`{pair.Key}`"))}: {group.Key}"));
        return string.Join("; ", words.Where(static word => word.Length > 0));
    }

    private static string Class(CommandForm form) =>
        form.Opaque is { } opaque ? $"not tried, {opaque}"
        : form.Unseen is { } unseen ? $"tried, {unseen}"
        : form.Irreversible is { } lasting ? $"irreversible, {lasting}"
        : form.By is { } by ? string.Join(' ', (form.ByWhat is "" ? $"by code ({by})" : $"by code ({by}: {form.ByWhat})"), form.IsLive ? "live" : "").TrimEnd()
        : (form.AsksNetwork ? "asks the network, " : form.IsLive ? "live, " : "")
            + (form.Operands.Concat(form.Places.Select(static place => place.Role)).All(static role => role.IsRead()) ? "reads" : "writes");
}
