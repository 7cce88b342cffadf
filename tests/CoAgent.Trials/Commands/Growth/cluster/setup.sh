# What the stand-in cluster holds when the stream begins.
set -eu
kubectl create namespace prod > /dev/null
for service in geo rate user cart mail; do
  kubectl -n prod create deployment "$service" --image="$service:1.0" --replicas=2 > /dev/null
done
kubectl -n prod create configmap settings --from-literal=mode=fast > /dev/null
