using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Catalog.Texts;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>Reads lists of steps (docs/catalog.md, "Steps").</summary>
internal static class StepReader
{
    private static readonly string[] s_kinds = ["run", "script", "call"];

    private static readonly ValueTemplate s_nothing = ValueTemplate.Parse("{}");

    public static ImmutableArray<Step> Read(ManifestSection at, string name)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        foreach (var (node, key) in at.Items(name, ManifestReader.StepsMax))
        {
            if (node is not ManifestNode.Map map)
            {
                at.Findings.Fault(key, node.Line, $"must be a step (run, script or call) and is {node.TypeName}.");
            }
            else if (Read(new ManifestSection(map, key, at.Findings)) is { } step)
            {
                steps.Add(step);
            }
        }

        return steps.ToImmutable();
    }

    private static Step? Read(ManifestSection step)
    {
        string[] kinds = [.. s_kinds.Where(step.Has)];
        Step? read = kinds switch
        {
            ["run"] => ReadRun(step),
            ["script"] => ReadScript(step),
            ["call"] => ReadCall(step),
            _ => null,
        };
        if (kinds.Length != 1)
        {
            step.Fault("", "must have one of run, script, call.");
        }

        var save = step.Text("save");
        var when = TemplateTexts.Condition(step, "when");
        var allowsFailure = step.Flag("allow-failure") ?? false;
        if (kinds.Length == 1)
        {
            step.RefuseTheRest();
        }

        if (save is not null && !IsName(save))
        {
            step.Fault("save", "must be a name: letters, digits, _ and -.");
        }

        return read is null ? null : read with { Save = save, When = when, AllowsFailure = allowsFailure };
    }

    private static Step.Run ReadRun(ManifestSection step)
    {
        var arguments = TemplateTexts.Texts(step, "run");
        if (arguments.IsEmpty && step.Any("run") is ManifestNode.List { Items.Length: 0 })
        {
            step.Fault("run", "must have the program and its arguments.");
        }

        return new Step.Run(arguments) { Environment = TemplateTexts.Named(step, "environment"), Input = TemplateTexts.Text(step, "input") };
    }

    private static Step.Script? ReadScript(ManifestSection step)
    {
        var script = step.Text("script") is { } text ? new Step.Script(text) : null;
        var environment = TemplateTexts.Named(step, "environment");
        var files = TemplateTexts.Named(step, "files");
        foreach (var name in files.Keys.Where(static name => !IsFileName(name)))
        {
            step.Fault("files", $"has a name that is none of a file: {Faults.Spelling.Shown(name)}.");
        }

        return script is null ? null : script with { Environment = environment, Files = files };
    }

    private static Step.Call? ReadCall(ManifestSection step)
    {
        if (step.Any("call") is ManifestNode.Scalar)
        {
            return step.Text("call") is { } name ? new Step.Call(name, s_nothing) : null;
        }

        if (step.Map("call") is not { } call)
        {
            return null;
        }

        var tool = call.RequiredText("tool");
        var arguments = s_nothing;
        if (call.Any("arguments") is { } node)
        {
            arguments = node is ManifestNode.Map ? TemplateTexts.Value(call, node, call.KeyOf("arguments")) : null;
            if (node is not ManifestNode.Map)
            {
                call.Fault("arguments", $"must be a map and is {node.TypeName}.");
            }
        }

        call.RefuseTheRest();
        return tool is null || arguments is null ? null : new Step.Call(tool, arguments);
    }

    private static bool IsName(string text) => text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');

    private static bool IsFileName(string name) => name is not ("" or "." or "..") && !name.Contains('/', StringComparison.Ordinal) && !name.Contains('\0', StringComparison.Ordinal);
}
