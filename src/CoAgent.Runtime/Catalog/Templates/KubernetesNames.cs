using System.Collections.Frozen;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>The one spelling of a Kubernetes resource: <c>deploy</c>, <c>Deployment</c> and <c>deployments.apps</c> are <c>deployments</c>.</summary>
/// <remarks>
/// Two spellings of one object would be two objects, and a conflict would go unseen. Only what every cluster has is known; a custom resource has
/// no spelling here, and whoever names one has to take it for any.
/// </remarks>
internal static class KubernetesNames
{
    // Singular or kind, then short names, then the groups under which it is or was served; the core group has no name.
    private static readonly (string Plural, bool IsNamespaced, string[] Others, string[] Groups)[] Known =
    [
        ("bindings", true, ["binding"], []),
        ("configmaps", true, ["configmap", "cm"], []),
        ("endpoints", true, ["endpoint", "ep"], []),
        ("events", true, ["event", "ev"], ["events.k8s.io"]),
        ("limitranges", true, ["limitrange", "limits"], []),
        ("persistentvolumeclaims", true, ["persistentvolumeclaim", "pvc"], []),
        ("pods", true, ["pod", "po"], []),
        ("podtemplates", true, ["podtemplate"], []),
        ("replicationcontrollers", true, ["replicationcontroller", "rc"], []),
        ("resourcequotas", true, ["resourcequota", "quota"], []),
        ("secrets", true, ["secret"], []),
        ("serviceaccounts", true, ["serviceaccount", "sa"], []),
        ("services", true, ["service", "svc"], []),
        ("controllerrevisions", true, ["controllerrevision"], ["apps"]),
        ("daemonsets", true, ["daemonset", "ds"], ["apps", "extensions"]),
        ("deployments", true, ["deployment", "deploy"], ["apps", "extensions"]),
        ("replicasets", true, ["replicaset", "rs"], ["apps", "extensions"]),
        ("statefulsets", true, ["statefulset", "sts"], ["apps"]),
        ("horizontalpodautoscalers", true, ["horizontalpodautoscaler", "hpa"], ["autoscaling"]),
        ("cronjobs", true, ["cronjob", "cj"], ["batch"]),
        ("jobs", true, ["job"], ["batch"]),
        ("leases", true, ["lease"], ["coordination.k8s.io"]),
        ("endpointslices", true, ["endpointslice"], ["discovery.k8s.io"]),
        ("ingresses", true, ["ingress", "ing"], ["networking.k8s.io", "extensions"]),
        ("networkpolicies", true, ["networkpolicy", "netpol"], ["networking.k8s.io", "extensions"]),
        ("poddisruptionbudgets", true, ["poddisruptionbudget", "pdb"], ["policy"]),
        ("rolebindings", true, ["rolebinding"], ["rbac.authorization.k8s.io"]),
        ("roles", true, ["role"], ["rbac.authorization.k8s.io"]),
        ("csistoragecapacities", true, ["csistoragecapacity"], ["storage.k8s.io"]),
        ("namespaces", false, ["namespace", "ns"], []),
        ("nodes", false, ["node", "no"], []),
        ("persistentvolumes", false, ["persistentvolume", "pv"], []),
        ("componentstatuses", false, ["componentstatus", "cs"], []),
        ("mutatingwebhookconfigurations", false, ["mutatingwebhookconfiguration"], ["admissionregistration.k8s.io"]),
        ("validatingwebhookconfigurations", false, ["validatingwebhookconfiguration"], ["admissionregistration.k8s.io"]),
        ("validatingadmissionpolicies", false, ["validatingadmissionpolicy"], ["admissionregistration.k8s.io"]),
        ("validatingadmissionpolicybindings", false, ["validatingadmissionpolicybinding"], ["admissionregistration.k8s.io"]),
        ("customresourcedefinitions", false, ["customresourcedefinition", "crd", "crds"], ["apiextensions.k8s.io"]),
        ("apiservices", false, ["apiservice"], ["apiregistration.k8s.io"]),
        ("certificatesigningrequests", false, ["certificatesigningrequest", "csr"], ["certificates.k8s.io"]),
        ("flowschemas", false, ["flowschema"], ["flowcontrol.apiserver.k8s.io"]),
        ("prioritylevelconfigurations", false, ["prioritylevelconfiguration"], ["flowcontrol.apiserver.k8s.io"]),
        ("ingressclasses", false, ["ingressclass"], ["networking.k8s.io"]),
        ("runtimeclasses", false, ["runtimeclass"], ["node.k8s.io"]),
        ("clusterrolebindings", false, ["clusterrolebinding"], ["rbac.authorization.k8s.io"]),
        ("clusterroles", false, ["clusterrole"], ["rbac.authorization.k8s.io"]),
        ("priorityclasses", false, ["priorityclass", "pc"], ["scheduling.k8s.io"]),
        ("csidrivers", false, ["csidriver"], ["storage.k8s.io"]),
        ("csinodes", false, ["csinode"], ["storage.k8s.io"]),
        ("storageclasses", false, ["storageclass", "sc"], ["storage.k8s.io"]),
        ("volumeattachments", false, ["volumeattachment"], ["storage.k8s.io"]),
    ];

    private static readonly FrozenDictionary<string, (string Plural, bool IsNamespaced)> Names = Known
        .SelectMany(static known => Spellings(known.Plural, known.Others, known.Groups)
            .Select(spelling => KeyValuePair.Create(spelling, (known.Plural, known.IsNamespaced))))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The plural of a resource that every cluster has; null for any other.</summary>
    /// <param name="given">Its kind, plural, singular or short name, alone or with its group.</param>
    internal static string? Resource(string given) => Names.TryGetValue(given, out var known) ? known.Plural : null;

    /// <summary>The same, for one whose objects lie in namespaces.</summary>
    internal static string? Namespaced(string given) => Names.TryGetValue(given, out var known) && known.IsNamespaced ? known.Plural : null;

    /// <summary>The same, for one whose objects belong to the cluster.</summary>
    internal static string? Clusterwide(string given) => Names.TryGetValue(given, out var known) && !known.IsNamespaced ? known.Plural : null;

    // A short name stands alone; the plural and the singular may come with their group.
    private static IEnumerable<string> Spellings(string plural, string[] others, string[] groups) =>
        [plural, .. others, .. groups.SelectMany(group => new[] { $"{plural}.{group}", $"{others[0]}.{group}" })];
}
