using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace CoAgent.Proxy.Downstream;

/// <summary>One server's share in a merged list of names.</summary>
/// <param name="Server">The server's name.</param>
/// <param name="Prefix">What the configuration puts before its names; null when it says nothing.</param>
/// <param name="Names">Its own names, in its order.</param>
internal sealed record NamedShare(string Server, string? Prefix, ImmutableArray<string> Names);

/// <summary>Where a name leads: which server, and what that server calls it.</summary>
internal readonly record struct NameTarget(string Server, string OwnName);

/// <summary>The names under which clients see what several servers offer.</summary>
/// <remarks>
/// A name is kept unless the configuration prefixes it or a server named earlier in the configuration has it already: so
/// adding a server at the end never renames what was there. A name that changes stays within 64 characters, the least that
/// clients take; names that are kept are the server's own affair.
/// </remarks>
internal sealed class ToolNames
{
    /// <summary>The longest name that is made here, in characters.</summary>
    public const int CharsMax = 64;

    private readonly ImmutableDictionary<string, NameTarget> _targets;
    private readonly ImmutableDictionary<NameTarget, string> _names;

    private ToolNames(ImmutableDictionary<string, NameTarget> targets, ImmutableDictionary<NameTarget, string> names)
    {
        _targets = targets;
        _names = names;
    }

    /// <summary>The names that clashed, with what became of them; said at the start of a session.</summary>
    public IEnumerable<(string Server, string OwnName, string Name)> Renamed =>
        from pair in _names
        where pair.Key.OwnName != pair.Value
        select (pair.Key.Server, pair.Key.OwnName, pair.Value);

    public static ToolNames Merge(IEnumerable<NamedShare> shares)
    {
        var targets = ImmutableDictionary.CreateBuilder<string, NameTarget>(StringComparer.Ordinal);
        var names = ImmutableDictionary.CreateBuilder<NameTarget, string>();
        foreach (var share in shares)
        {
            foreach (var own in share.Names.Distinct())
            {
                var target = new NameTarget(share.Server, own);
                var name = Free(targets, share, own);
                targets[name] = target;
                names[target] = name;
            }
        }

        return new ToolNames(targets.ToImmutable(), names.ToImmutable());
    }

    public NameTarget? Find(string name) => _targets.TryGetValue(name, out var target) ? target : null;

    /// <summary>The name under which clients see a server's own.</summary>
    public string NameOf(NameTarget target) => _names.GetValueOrDefault(target, target.OwnName);

    private static string Free(ImmutableDictionary<string, NameTarget>.Builder taken, NamedShare share, string own)
    {
        var name = string.IsNullOrEmpty(share.Prefix) ? own : Shorten(share.Prefix + own);
        if (!taken.ContainsKey(name))
        {
            return name;
        }

        name = Shorten($"{share.Server}_{own}");
        for (var attempt = 2; taken.ContainsKey(name); attempt++)
        {
            name = Shorten($"{share.Server}_{own}_{attempt}");
        }

        return name;
    }

    private static string Shorten(string name)
    {
        if (name.Length <= CharsMax)
        {
            return name;
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8];
        return $"{name[..(CharsMax - digest.Length - 1)]}_{digest}";
    }
}
